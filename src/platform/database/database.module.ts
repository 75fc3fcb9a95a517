import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database, type DatabaseOptions } from './database.js';
import { Listener } from './listener.js';

/** The database, for everyone. Closed last: whatever stops before it may still write. */
@Module({})
export class DatabaseModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Database');

  constructor(@Inject(Database) private readonly database: Database) {}

  static for(schema: Pick<DatabaseOptions, 'entities' | 'migrations'>): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: Database,
          inject: [Config],
          useFactory: (config: Config) => Database.open({ url: config.databaseUrl, ...schema }),
        },
        Listener,
      ],
      exports: [Database, Listener],
    };
  }

  /** Not earlier: nothing is logged while the modules are made. */
  onApplicationBootstrap(): void {
    const { roleAdvice } = this.database;
    if (!roleAdvice) return;
    this.logger.warn(
      `this node works with all rights of DATABASE_URL's user, who owns the audit log, and may not make a role with ` +
        `fewer; let an administrator of the server run this, then start again: ${roleAdvice}`,
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
