import { Module } from '@nestjs/common';
import { RosterModule } from '../roster/roster.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { AlertFeed } from './alert-feed.js';
import { AlertHistory } from './alert-history.js';
import { AlertLedger } from './alert-ledger.js';
import { AlertsController } from './alerts.controller.js';
import { ThresholdWatch } from './threshold-watch.js';
import { ThresholdsController } from './thresholds.controller.js';
import { ThresholdsService } from './thresholds.service.js';

/** Limits of the floor, and the alerts that are raised while they are crossed. */
@Module({
  imports: [RosterModule, WebhooksModule],
  controllers: [AlertsController, ThresholdsController],
  providers: [AlertFeed, AlertHistory, AlertLedger, ThresholdWatch, ThresholdsService],
  exports: [AlertFeed],
})
export class AlertsModule {}
