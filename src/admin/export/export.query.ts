import { OmitType } from '@nestjs/swagger';
import { ListAgentsQuery } from '../agents.query.js';

/** The filters of the agent list. */
export class ExportQuery extends OmitType(ListAgentsQuery, ['limit', 'cursor', 'sort'] as const) {}
