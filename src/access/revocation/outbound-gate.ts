/**
 * The one gate in front of everything this node sends on somebody's behalf: frames, acknowledgements, HTTP answers.
 *
 * Who calls: whoever is about to hand something to a transport, in the same tick, with the authority under which it
 * was made; `RevocationLog` applies what was revoked. Guaranteed: nothing passes once this node's lease is over (then
 * the others may have stopped waiting for it), nor anything made under an authority that was read before a revocation
 * which concerns it was applied here. What must never happen: an `await` between the question and the sending.
 */
import { Injectable } from '@nestjs/common';
import { NodeLease } from '../../platform/nodes/node-lease.js';
import type { Authority } from '../authority.js';
import type { AccessSubject } from '../subject.js';

/** As many subjects are remembered one by one; beyond that, everybody is asked again. */
const MAX_REMEMBERED = 100_000;

@Injectable()
export class OutboundGate {
  /** Counts what was applied here. An authority carries the count from just before it was read. */
  position = 0;
  /** By id of an agent, a team or a credential: the position at which it was revoked last. */
  private readonly revokedAt = new Map<string, number>();
  private everybodyAt = 0;

  constructor(private readonly lease: NodeLease) {}

  /** From now on nothing passes for whom it concerns, until their authority is read again. Returns whom it concerns. */
  apply(subject: AccessSubject): AccessSubject {
    this.position++;
    if (subject.kind !== 'everybody' && this.revokedAt.size < MAX_REMEMBERED) {
      this.revokedAt.set(subject.id, this.position);
      return subject;
    }
    this.revokedAt.clear();
    this.everybodyAt = this.position;
    return { kind: 'everybody' };
  }

  /** Whether what was made under `authority` may be sent now. */
  permits(authority: Authority): boolean {
    return this.lease.isHeld() && this.isCurrent(authority);
  }

  /** Resolves when this node may act for anybody, or could long have been able to. Ask `permits` then. */
  untilOpen(): Promise<void> {
    return this.lease.untilHeld();
  }

  /** Whether nothing that concerns `authority` was revoked since it was read. */
  isCurrent({ readAt, agentId, teamId, credential }: Authority): boolean {
    return (
      this.everybodyAt <= readAt &&
      this.lastRevoked(agentId) <= readAt &&
      this.lastRevoked(teamId) <= readAt &&
      this.lastRevoked(credential.id) <= readAt
    );
  }

  private lastRevoked(id: string): number {
    return this.revokedAt.get(id) ?? 0;
  }
}
