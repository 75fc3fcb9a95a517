import { Module } from '@nestjs/common';
import { AuditLogService } from './audit-log.service.js';
import { AuditVerificationService } from './audit-verification.service.js';
import { AuditController } from './audit.controller.js';

@Module({ controllers: [AuditController], providers: [AuditLogService, AuditVerificationService] })
export class AuditLogModule {}
