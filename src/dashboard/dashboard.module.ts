import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.js';
import { RosterModule } from '../roster/roster.module.js';
import { DashboardController } from './dashboard.controller.js';
import { DashboardGateway } from './dashboard.gateway.js';

/** What supervisors see. */
@Module({ imports: [AlertsModule, RosterModule], controllers: [DashboardController], providers: [DashboardGateway] })
export class DashboardModule {}
