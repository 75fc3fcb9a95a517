/** The process of a `Crowd`. */
import { setTimeout as delay } from 'node:timers/promises';
import { answerCalls } from '../../support/processes/answer.js';
import { HttpConnection } from '../support/http-connection.js';
import { SocketConnection } from '../support/socket-connection.js';
import type { Departure, Guest } from './crowd.js';
import type { Owned } from './sends.js';
import { monotonicMs } from '../support/time.js';

const PESTER_EVERY_MS = 20;
const AFTERWARDS_MS = 500;
const DASHBOARD = { namespace: '/dashboard', subscription: { topic: 'roster' } };
const INBOX = { namespace: '/inbox', subscription: { topic: 'assignable' } };

interface Line {
  connection: SocketConnection;
  isOpen: boolean;
  owned: Owned;
}

class Person {
  readonly lines: Line[] = [];
  readonly owned: Owned[] = [];
  lastSuccessBegun = 0;
  private isPestering = false;

  constructor(readonly token: string) {}

  connect(port: number, { namespace, subscription }: typeof DASHBOARD): Promise<boolean> {
    return new Promise((resolve) => {
      const line: Line = { isOpen: false, owned: this.own(), connection: null as unknown as SocketConnection };
      line.connection = new SocketConnection(
        { port, namespace, token: this.token },
        {
          connected: () => {
            line.isOpen = true;
            line.owned.port = line.connection.localPort;
            line.connection.emit(1, 'subscribe', subscription);
          },
          refused: () => resolve(false),
          message: (packet) => packet.startsWith('43') && resolve(true),
          closed: () => {
            line.isOpen = false;
            line.owned.until = monotonicMs();
            resolve(false);
          },
        },
      );
      this.lines.push(line);
    });
  }

  pester(port: number): void {
    this.isPestering = true;
    const connection = new HttpConnection(port);
    const owned = this.own();
    const request = `GET /api/v1/me HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${this.token}\r\n\r\n`;
    const ask = () => {
      const begun = monotonicMs();
      connection.send(request, (status) => {
        owned.port ||= connection.localPort;
        if (status === 200) this.lastSuccessBegun = Math.max(this.lastSuccessBegun, begun);
        if (this.isPestering) {
          setTimeout(ask, PESTER_EVERY_MS);
        } else {
          owned.until = monotonicMs();
          connection.close();
        }
      });
    };
    ask();
  }

  rest(): void {
    this.isPestering = false;
  }

  private own(): Owned {
    const owned = { port: 0, from: monotonicMs(), until: Infinity };
    this.owned.push(owned);
    return owned;
  }
}

const people = new Map<string, Person>();

function find(agentId: string): Person {
  const person = people.get(agentId);
  if (person) return person;
  throw new Error(`nobody called ${agentId} is here`);
}

async function seat(argument: unknown): Promise<void> {
  const { guests, ports, each } = argument as { guests: Guest[]; ports: number[]; each: number };
  for (const { agentId, token } of guests) {
    const person = new Person(token);
    people.set(agentId, person);
    const seats = Array.from({ length: each }, (_, n) =>
      person.connect(ports[n % ports.length] ?? 0, n % 2 === 0 ? DASHBOARD : INBOX),
    );
    if ((await Promise.all(seats)).includes(false)) throw new Error('a socket could not be opened');
  }
}

async function pester(argument: unknown): Promise<void> {
  const { agentId, ports } = argument as { agentId: string; ports: number[] };
  for (const port of ports) find(agentId).pester(port);
}

async function leave(argument: unknown): Promise<void> {
  for (const line of find((argument as { agentId: string }).agentId).lines) line.connection.leave();
}

async function farewell(argument: unknown): Promise<Departure> {
  const { agentId, reconnectTo } = argument as { agentId: string; reconnectTo: number | null };
  const person = find(agentId);
  const readmitted = reconnectTo !== null && (await person.connect(reconnectTo, DASHBOARD));
  await delay(AFTERWARDS_MS);
  person.rest();
  await delay(AFTERWARDS_MS);
  const stillOpen = person.lines.filter((line) => line.isOpen).length;
  for (const line of person.lines) line.connection.destroy();
  people.delete(agentId);
  return { lastSuccessBegun: person.lastSuccessBegun, stillOpen, readmitted, connections: person.owned };
}

function open(): number {
  return [...people.values()].flatMap(({ lines }) => lines).filter(({ isOpen }) => isOpen).length;
}

answerCalls({ seat, pester, leave, farewell, open }, async () => undefined);
