import { Module } from '@nestjs/common';
import { RosterModule } from '../roster/roster.module.js';
import { DashboardController } from './dashboard.controller.js';
import { DashboardGateway } from './dashboard.gateway.js';

/** What supervisors see. */
@Module({ imports: [RosterModule], controllers: [DashboardController], providers: [DashboardGateway] })
export class DashboardModule {}
