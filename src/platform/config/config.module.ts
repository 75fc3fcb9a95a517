import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Config } from './config.js';

/** The settings and the clock, for everyone. */
@Module({})
export class ConfigModule {
  static for(config: Config, clock: Clock): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: Config, useValue: config },
        { provide: Clock, useValue: clock },
      ],
      exports: [Config, Clock],
    };
  }
}
