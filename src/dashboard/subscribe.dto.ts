import { OmitType } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { invalid } from '../platform/errors/problem.exception.js';
import { SubscribeRoster } from './dashboard.dto.js';

/** What is subscribed to on `/dashboard`: the roster, of everybody or of a part, or the alerts of the workspace. */
export class SubscribeDashboard extends OmitType(SubscribeRoster, ['topic'] as const) {
  @IsIn(['roster', 'alerts'], {
    message: 'The topics of /dashboard are roster and alerts',
    context: { code: 'topic_unknown' },
  })
  topic: 'roster' | 'alerts';
}

/** Alerts have no scope: throws 422 rather than showing more than was asked for. */
export function requireNoScope({ scope }: SubscribeDashboard): void {
  if (scope) throw invalid('scope', 'scope_unexpected', 'Alerts are those of the workspace; leave the scope out.');
}
