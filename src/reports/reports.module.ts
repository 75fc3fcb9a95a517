import { Module } from '@nestjs/common';
import { ReportFilesService } from './report-files.service.js';
import { ReportsController } from './reports.controller.js';
import { ReportsService } from './reports.service.js';

/** Figures over the past. */
@Module({ controllers: [ReportsController], providers: [ReportFilesService, ReportsService] })
export class ReportsModule {}
