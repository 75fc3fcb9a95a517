import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { Rehearsals } from './rehearsals.service.js';
import { TeamWrites } from './team-writes.service.js';
import { TeamsController } from './teams.controller.js';
import { TeamsService } from './teams.service.js';

@Module({
  imports: [AuthModule],
  controllers: [TeamsController],
  providers: [Rehearsals, TeamWrites, TeamsService],
  exports: [Rehearsals, TeamWrites, TeamsService],
})
export class TeamsModule {}
