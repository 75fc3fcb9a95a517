import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  Param,
  Patch,
  Post,
  Query,
  StreamableFile,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ContactDetails, ErasedContactView, Page, RevealedPhone } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { expectedVersion } from '../platform/http/etag.js';
import { idOf } from '../platform/http/id.pipe.js';
import { PageQuery } from '../platform/http/page.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Streams } from '../platform/http/streams.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { ContactsExportService } from './contacts-export.service.js';
import { ExportContactsQuery, RevealRequest, UpdateContactRequest } from './contacts.dto.js';
import { ContactsService } from './contacts.service.js';
import { ErasureService } from './erasure.service.js';
import { RevealService } from './reveal.service.js';

const contactId = idOf('contact');

@ApiTags('contacts')
@Controller('contacts')
export class ContactsController {
  constructor(
    private readonly contacts: ContactsService,
    private readonly exports: ContactsExportService,
    private readonly reveals: RevealService,
    private readonly erasures: ErasureService,
  ) {}

  /**
   * Sort by createdAt or updatedAt; `q` searches names, and a whole number, `+` first, finds its customer. Who may see
   * no numbers may not search for digits or Chinese numerals.
   */
  @Get()
  @Requires('contacts.read')
  @Refuses('phone_hidden')
  @Returns('ContactDetails', { list: true })
  list(@Caller() caller: Authority, @Query() query: PageQuery): Promise<Page<ContactDetails>> {
    return this.contacts.list(caller, query);
  }

  /**
   * Export contacts
   *
   * Those that `q` leaves, oldest first, as a CSV file, masked for who may see no numbers. That it was made is in the
   * audit log. Cells that a spreadsheet might take for a formula, numbers among them, begin with an apostrophe.
   */
  @Get('export')
  @Requires('contacts.export')
  @Refuses('phone_hidden')
  @Header('Content-Disposition', 'attachment; filename="contacts.csv"')
  @Streams('text/csv', { description: 'The file, in UTF-8 with a byte order mark.' })
  async file(@Caller() caller: Authority, @Query() { q }: ExportContactsQuery): Promise<StreamableFile> {
    return new StreamableFile(await this.exports.file(caller, q), { type: 'text/csv; charset=utf-8' });
  }

  /** The customer; the number is masked for who may not see it. */
  @Get(':id')
  @Requires('contacts.read')
  @Returns('ContactDetails')
  get(@Caller() caller: Authority, @Param('id', contactId) id: string): Promise<ContactDetails> {
    return this.contacts.viewFor(caller, id);
  }

  /** Names the customer. The name stays, whatever WhatsApp says, until it is null. */
  @Patch(':id')
  @Requires('contacts.edit')
  @Refuses('contact_erased')
  @Returns('ContactDetails')
  update(
    @Caller() caller: Authority,
    @Param('id', contactId) id: string,
    @Body() { name }: UpdateContactRequest,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ContactDetails> {
    return this.contacts.rename(caller, id, name, expectedVersion(ifMatch));
  }

  /**
   * Reveal the number
   *
   * The whole number, once, until `expiresAt`. Who asked and why is in the audit log before it is answered. Nobody with
   * Hide Phone gets it, whatever their permissions; so many an hour and agent. No `Idempotency-Key`: each is its own act.
   */
  @Post(':id/reveal')
  @Requires('contacts.reveal-phone')
  @Refuses('phone_hidden', 'phone_withheld', 'contact_erased')
  @Returns('RevealedPhone')
  reveal(
    @Caller() caller: Authority,
    @Param('id', contactId) id: string,
    @Body() { reason }: RevealRequest,
  ): Promise<RevealedPhone> {
    return this.reveals.reveal(caller, id, reason);
  }

  /**
   * Erase a customer
   *
   * Takes name, number, WhatsApp's id and everything that was said away, for ever, and resolves what is open; what was
   * counted stays. Needs `settings.manage` too. Asked again it changes nothing. Who writes again is a new customer.
   */
  @Delete(':id')
  @Requires('contacts.edit')
  @Returns('ErasedContactView')
  erase(
    @Caller() caller: Authority,
    @Param('id', contactId) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ErasedContactView> {
    return this.erasures.erase(caller, id, expectedVersion(ifMatch));
  }
}
