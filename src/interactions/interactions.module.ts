import { Module } from '@nestjs/common';
import { DensityModule } from '../density/density.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { ChannelsController } from './channels.controller.js';
import { ChannelsService } from './channels.service.js';
import { DeliveryParticipants } from './delivery.participants.js';
import { InteractionUpkeep } from './interaction-upkeep.js';
import { InteractionWriter } from './interaction-writer.js';
import { InteractionsController } from './interactions.controller.js';
import { InteractionsService } from './interactions.service.js';
import { Repeats } from './repeats.js';
import { UnhashedKeys } from './unhashed-keys.js';
import { WhatsAppController } from './whatsapp.controller.js';
import { WhatsAppService } from './whatsapp.service.js';
import { WhatsAppWriter } from './whatsapp-writer.js';

@Module({
  imports: [DensityModule, TeamsModule],
  controllers: [ChannelsController, InteractionsController, WhatsAppController],
  providers: [
    ChannelsService,
    DeliveryParticipants,
    InteractionUpkeep,
    InteractionWriter,
    InteractionsService,
    Repeats,
    UnhashedKeys,
    WhatsAppService,
    WhatsAppWriter,
  ],
  exports: [DeliveryParticipants, InteractionWriter],
})
export class InteractionsModule {}
