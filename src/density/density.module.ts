import { Module } from '@nestjs/common';
import { DensityRollup } from './density-rollup.js';
import { DensityUpkeep } from './density-upkeep.js';
import { DensityService } from './density.service.js';

@Module({ providers: [DensityRollup, DensityService, DensityUpkeep], exports: [DensityRollup, DensityService] })
export class DensityModule {}
