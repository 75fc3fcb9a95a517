/**
 * HTTP as the checker needs it: when it was invoked, when the answer was read, over which port, and every byte of it.
 * Nothing is repeated: a request that gets no answer has an unknown outcome.
 */
import { Agent, type ClientRequest, request } from 'node:http';
import { now } from './history.js';

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  token?: string;
  body?: object;
  ifMatch?: number;
}

export interface Answer {
  /** 0: there was none. */
  status: number;
  text: string;
  invoke: number;
  /** Infinity: it never came. */
  return: number;
}

/** Longer than any stop of a node, so that what waited for it is seen. */
const PATIENCE_MS = 9_000;

export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });

  /** `onPort` is told before the first byte leaves. */
  ask(
    url: string,
    { method = 'GET', path, token, body, ifMatch }: Ask,
    onPort: (port: number | null) => void = () => undefined,
  ): Promise<Answer> {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
    };
    return new Promise((resolve) => {
      const answer: Answer = { status: 0, text: '', invoke: now(), return: Infinity };
      const asked = request(`${url}/api/v1${path}`, { method, agent: this.agent, headers });
      notePort(asked, onPort);
      asked.setTimeout(PATIENCE_MS, () => asked.destroy(new Error('no answer in time')));
      asked.on('error', () => resolve(answer));
      asked.on('response', (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (piece: string) => (text += piece));
        response.on('error', () => resolve(answer));
        response.on('end', () => resolve({ ...answer, status: response.statusCode ?? 0, text, return: now() }));
      });
      asked.end(payload);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Which of our ports the request goes out from. */
function notePort(asked: ClientRequest, onPort: (port: number | null) => void): void {
  asked.on('socket', (socket) => {
    const note = () => onPort(socket.localPort ?? null);
    if (socket.connecting) socket.once('connect', note);
    else note();
  });
}

/** The problem's code, or the status. */
export function codeOf({ status, text }: Answer): string {
  if (status === 0) return 'no_answer';
  return status < 400 ? String(status) : (/"code":"(\w+)"/.exec(text)?.[1] ?? String(status));
}

export function json<T>(answer: Answer): T {
  return JSON.parse(answer.text) as T;
}
