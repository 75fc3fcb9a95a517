import { Module } from '@nestjs/common';
import { PermissionsController } from './permissions.controller.js';
import { ResyncService } from './resync.service.js';
import { ResyncSweeper } from './resync.sweeper.js';

/** The catalogue, and the job that brings what is derived from blueprints up to date. */
@Module({ controllers: [PermissionsController], providers: [ResyncService, ResyncSweeper] })
export class PermissionsModule {}
