import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { DemoService } from './demo.service.js';

/** The demo workspace, where `MUSTER_DEMO` is on. */
@Module({ imports: [AgentsModule, TeamsModule], providers: [DemoService] })
export class DemoModule {}
