/** A socket that makes an agent connected. */
export interface PresenceConnection {
  /** Unique; the socket's own. */
  id: string;
  workspaceId: string;
  agentId: string;
}

/** A connection came, went cleanly, or was lost: then its grace begins. */
export interface ConnectionChange {
  kind: 'opened' | 'closed' | 'lost';
  connection: PresenceConnection;
}

/**
 * Changes in rounds that can each be recorded at once and follow one another: in a round nobody both comes and goes, so
 * that the history shows what happened and not only what came of it. A loss ends nothing yet: it needs no round of its
 * own, only one that is not before its connection's opening.
 */
export function roundsOf(changes: readonly ConnectionChange[]): ConnectionChange[][] {
  const rounds: ConnectionChange[][] = [];
  const latest = new Map<string, { round: number; kind: ConnectionChange['kind'] }>();
  for (const change of changes) {
    const { kind, connection } = change;
    const before = latest.get(connection.agentId);
    const round = before ? before.round + (isTurn(before.kind, kind) ? 1 : 0) : 0;
    (rounds[round] ??= []).push(change);
    if (kind !== 'lost') latest.set(connection.agentId, { round, kind });
  }
  return rounds;
}

function isTurn(before: ConnectionChange['kind'], kind: ConnectionChange['kind']): boolean {
  return kind !== 'lost' && kind !== before;
}
