import { OmitType } from '@nestjs/swagger';
import { PageQuery } from '../../platform/http/page.js';

/** A timeline has one order, newest first. */
export class TimelineQuery extends OmitType(PageQuery, ['sort', 'q'] as const) {}
