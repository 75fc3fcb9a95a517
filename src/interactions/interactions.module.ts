import { Module } from '@nestjs/common';
import { InteractionUpkeep } from './interaction-upkeep.js';
import { InteractionWriter } from './interaction-writer.js';
import { InteractionsController } from './interactions.controller.js';
import { InteractionsService } from './interactions.service.js';

@Module({
  controllers: [InteractionsController],
  providers: [InteractionUpkeep, InteractionWriter, InteractionsService],
})
export class InteractionsModule {}
