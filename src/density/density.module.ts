import { Module } from '@nestjs/common';
import { DensityService } from './density.service.js';

@Module({ providers: [DensityService], exports: [DensityService] })
export class DensityModule {}
