import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database, type DatabaseOptions } from './database.js';
import { Listener } from './listener.js';

/** The database, for everyone. Closed last: whatever stops before it may still write. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
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

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
