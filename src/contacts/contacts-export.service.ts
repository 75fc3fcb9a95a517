/**
 * Contacts as a CSV file, a page after the other, through the privacy gate.
 *
 * Who calls: the route; whoever reads the stream sets the pace. Guaranteed: an entry in the audit log before the first
 * byte; one page at most in memory; a page that can't be read ends the stream with an error, so that a file that is not
 * whole does not look whole.
 */
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { CONTACT_COLUMNS, type ContactDetails } from '#contracts';
import type { Authority } from '../access/authority.js';
import { AuditService } from '../audit/audit.service.js';
import { Database } from '../platform/database/database.js';
import { toCell } from '../platform/http/csv-cell.js';
import { ContactsService } from './contacts.service.js';

const PAGE = 1_000;
/** Excel takes a file without it for an older encoding. */
const BYTE_ORDER_MARK = '\uFEFF';

@Injectable()
export class ContactsExportService {
  constructor(
    private readonly database: Database,
    private readonly contacts: ContactsService,
    private readonly audit: AuditService,
  ) {}

  /** Oldest first. 403 `phone_hidden` as for the list. */
  async file(caller: Authority, q: string | undefined): Promise<Readable> {
    const { workspaceId } = caller;
    this.contacts.soughtBy(caller, q);
    await this.database.transaction(workspaceId, (em) => {
      const target = { kind: 'workspace' as const, id: workspaceId };
      const after = { masked: caller.hidePhone, searched: q !== undefined };
      this.audit.record(em, { actor: caller, workspaceId, action: 'contact.exported', target, after });
      return Promise.resolve();
    });
    return Readable.from(this.pages(caller, q), { objectMode: false });
  }

  private async *pages(caller: Authority, q: string | undefined): AsyncGenerator<string, void, undefined> {
    yield BYTE_ORDER_MARK + lines([[...CONTACT_COLUMNS]]);
    let cursor: string | undefined;
    do {
      const { data, page } = await this.contacts.list(caller, { limit: PAGE, cursor, sort: 'createdAt', q });
      if (data.length > 0) yield lines(data.map(cellsOf));
      cursor = page.next ?? undefined;
    } while (cursor);
  }
}

/** Every cell is quoted: whatever a spreadsheet separates by, a text stays in its cell. */
function lines(rows: string[][]): string {
  return stringify(rows, { quoted: true, quoted_empty: true, record_delimiter: '\r\n', cast: { string: toCell } });
}

function cellsOf(contact: ContactDetails): string[] {
  return CONTACT_COLUMNS.map((column) => contact[column] ?? '');
}
