import type { Operation, Send, SocketLife } from '../history.js';
import type { Evidence } from './checker.js';
import type { Need } from './rights.js';

/** Whose connection it was, and what its answers and frames take. */
interface Owner {
  principal: string;
  needs: Need['permission'];
}

/** P2: every byte that left for a principal was allowed when it passed the gate. */
export function checkSends({ history, rights, violate, count }: Evidence): void {
  const owners = new Owners(history.operations, history.sockets);
  for (const send of history.sends) {
    const owner = owners.of(send);
    if (!owner) {
      count('sends of nobody that is followed');
      continue;
    }
    count(send.channel === 'http' ? 'answers sent' : 'frames sent');
    if (send.raw) count('raw numbers sent');
    const { principal } = owner;
    const mayHave = rights.may(principal, { permission: owner.needs, raw: false }, send.at);
    if (mayHave && (!send.raw || rights.may(principal, { permission: owner.needs, raw: true }, send.at))) continue;
    const beyond = mayHave ? 'with a raw number, after Hide Phone was on' : 'after the right was taken away';
    const what = `the node sent ${JSON.stringify(send.head)} ${beyond}`;
    violate({ promise: 'P2', what, at: send.at, principal, node: send.node });
  }
}

class Owners {
  private readonly operations: Map<string, Operation[]>;
  private readonly sockets: Map<string, SocketLife[]>;

  constructor(operations: Operation[], sockets: SocketLife[]) {
    this.operations = Map.groupBy(operations, connection);
    this.sockets = Map.groupBy(sockets, connection);
  }

  /** Ports are used again, also by those who are not followed: what counts is who waited for it then. */
  of(send: Send): Owner | null {
    const key = connection(send);
    if (send.channel === 'socket') {
      return this.sockets.get(key)?.findLast(({ invoke }) => invoke <= send.at) ?? null;
    }
    return (
      this.operations.get(key)?.findLast((asked) => asked.invoke <= send.at && send.at <= waitedUntil(asked)) ?? null
    );
  }
}

/** Longer than clients wait: after that, the port may be anybody's. */
const GIVEN_UP_MS = 15_000;

function waitedUntil(operation: Operation): number {
  return Math.min(operation.return, operation.invoke + GIVEN_UP_MS);
}

function connection({ node, port }: { node: number; port: number | null }): string {
  return `${node}:${port}`;
}
