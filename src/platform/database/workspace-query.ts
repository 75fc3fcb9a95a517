/**
 * A query of one workspace, in one round trip.
 *
 * Who calls: `Database.of`. Guaranteed: the statement runs in a transaction of its own whose `muster.workspace` is the
 * given one, so that row-level security shows it this workspace's rows and no others; nothing of it stays with the
 * connection. How: the setting and the statement are sent as two statements with one Sync, which PostgreSQL takes for one
 * transaction. Must never happen: a statement without its setting; were the driver to change inside, so that the first
 * is not sent, the second would see no row at all.
 */
import pg from 'pg';

/** The driver's own query: how it writes itself on a connection, and is told what comes back. */
interface DriverQuery extends pg.Submittable {
  prepare(connection: Wire): void;
  requiresPreparation(): boolean;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Wire): void;
}

/** The messages of PostgreSQL's extended protocol. */
interface Wire {
  parse(message: { text: string; name: string }): void;
  bind(message: { statement: string; values: string[] }): void;
  execute(message: object): void;
}

const SETTING = { name: 'muster-workspace', text: "select set_config('muster.workspace', $1, true)" };

const Driver = pg.Query as unknown as new (config: pg.QueryConfig) => DriverQuery;

/** Connections that know the setting's statement. One that fails is not used again. */
const prepared = new WeakSet<Wire>();

export class WorkspaceQuery extends Driver {
  private isSet = false;

  constructor(
    private readonly workspaceId: string,
    config: pg.QueryConfig,
  ) {
    super(config);
  }

  override requiresPreparation(): boolean {
    return true;
  }

  override prepare(connection: Wire): void {
    if (!prepared.has(connection)) connection.parse(SETTING);
    prepared.add(connection);
    connection.bind({ statement: SETTING.name, values: [this.workspaceId] });
    connection.execute({});
    super.prepare(connection);
  }

  /** The setting's row comes first, and is nobody's. */
  override handleDataRow(message: unknown): void {
    if (this.isSet) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Wire): void {
    if (this.isSet) super.handleCommandComplete(message, connection);
    else this.isSet = true;
  }
}
