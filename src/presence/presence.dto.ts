import { IsIn } from 'class-validator';
import type { Availability } from '#contracts';
import type * as wire from '#contracts';

export class SetPresenceRequest implements wire.SetPresenceRequest {
  @IsIn(['available', 'busy', 'away'], {
    message: 'An availability is available, busy or away',
    context: { code: 'availability_invalid' },
  })
  availability: Availability;
}
