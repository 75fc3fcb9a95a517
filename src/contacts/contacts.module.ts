import { Module } from '@nestjs/common';
import { ContactParticipants } from './contact.participants.js';
import { ContactsController } from './contacts.controller.js';
import { ContactsExportService } from './contacts-export.service.js';
import { ContactsService } from './contacts.service.js';
import { ErasureService } from './erasure.service.js';
import { RevealService } from './reveal.service.js';

@Module({
  controllers: [ContactsController],
  providers: [ContactParticipants, ContactsExportService, ContactsService, ErasureService, RevealService],
  exports: [ContactParticipants],
})
export class ContactsModule {}
