/**
 * Meta's side of sending: takes `POST /{version}/{phone_number_id}/messages` as the Cloud API does, with its answers and
 * its errors.
 *
 * Who calls: the demo, and tests. Guaranteed: requests are judged as Meta judges them (token, number, form), or as a test
 * wants, with the real error objects; `onTaken` learns of every message before its sender does. It listens on this machine
 * only.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ERRORS, type FakeError } from './fake-errors.js';

/** A message that was taken. */
export interface TakenMessage {
  wamid: string;
  phoneNumberId: string;
  /** Digits of the customer's number, or the user id. */
  to: string;
  text: string;
  reference: string | null;
}

export interface FakeCloudApiOptions {
  token: string;
  /** How the next requests go, instead of being taken: an error, or what happens to the connection. */
  faults?: Fault[];
}

/** `cut`: the connection breaks once the message was taken. `cut_before`: before anything was. `silent`: no answer. */
export type Fault = keyof typeof ERRORS | 'cut' | 'cut_before' | 'silent';

interface SendRequest {
  messaging_product?: unknown;
  to?: unknown;
  recipient?: unknown;
  type?: unknown;
  text?: { body?: unknown };
  biz_opaque_callback_data?: unknown;
}

const PATH = /^\/v\d+\.\d+\/(\d+)\/messages$/;
const MAX_TEXT = 4_096;
const MAX_TAKEN = 1_000;
const MAX_BODY_BYTES = 1024 * 1024;

export class FakeCloudApi {
  /** The newest messages that were taken. */
  readonly taken: TakenMessage[] = [];
  /** Called for each message that was taken, before the answer. */
  onTaken: (message: TakenMessage) => void = () => {};
  /** How many requests came, taken or not. */
  requests = 0;
  readonly faults: Fault[];
  /** Customers to whom every message fails so, by their digits or user id. */
  readonly unreachable = new Map<string, keyof typeof ERRORS>();
  token: string;
  private readonly server: Server;

  private constructor(options: FakeCloudApiOptions) {
    this.token = options.token;
    this.faults = options.faults ?? [];
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(options: FakeCloudApiOptions): Promise<FakeCloudApi> {
    const api = new FakeCloudApi(options);
    await new Promise<void>((resolve) => api.server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request).catch(() => null);
    this.requests += 1;
    const fault = this.faults.shift();
    if (fault === 'silent') return;
    if (fault === 'cut_before') return void request.socket.destroy();
    const message = body === null ? ERRORS.invalid_parameter : this.judge(request, body);
    const isTaken = 'wamid' in message;
    if (fault && fault !== 'cut') return refuse(response, ERRORS[fault]);
    if (!isTaken) return refuse(response, message);
    if (this.taken.push(message) > MAX_TAKEN) this.taken.shift();
    this.onTaken(message);
    if (fault === 'cut') return void request.socket.destroy();
    send(response, 200, {
      messaging_product: 'whatsapp',
      contacts: [{ input: message.to, wa_id: message.to }],
      messages: [{ id: message.wamid }],
    });
  }

  /** The message, or what is wrong with it, in the order in which Meta looks. */
  private judge(request: IncomingMessage, body: string): TakenMessage | FakeError {
    const phoneNumberId = PATH.exec(request.url ?? '')?.[1];
    if (request.method !== 'POST' || !phoneNumberId) return ERRORS.unsupported_request;
    if (request.headers.authorization !== `Bearer ${this.token}`) return ERRORS.token_expired;
    const message = parse(body);
    const to = message?.to ?? message?.recipient;
    const text = message?.text?.body;
    if (message?.messaging_product !== 'whatsapp' || message.type !== 'text') return ERRORS.invalid_parameter;
    if (typeof to !== 'string' || typeof text !== 'string') return ERRORS.invalid_parameter;
    if (text === '' || text.length > MAX_TEXT) return ERRORS.invalid_parameter;
    const failure = this.unreachable.get(to);
    if (failure) return ERRORS[failure];
    const { biz_opaque_callback_data: given } = message;
    return { wamid: wamidFor(to), phoneNumberId, to, text, reference: typeof given === 'string' ? given : null };
  }
}

/** As Meta's look: base64 of something with the number and a random part. */
function wamidFor(to: string): string {
  const random = randomBytes(10).toString('hex').toUpperCase();
  return `wamid.${Buffer.from(`\x1d\x18${to}\x15\x02\x11\x18${random}`, 'latin1').toString('base64')}`;
}

function refuse(response: ServerResponse, { status, ...error }: FakeError): void {
  const { code, message, details } = error;
  const data = { messaging_product: 'whatsapp', details };
  const fbtrace_id = randomBytes(8).toString('base64url');
  send(response, status, { error: { message, type: 'OAuthException', code, error_data: data, fbtrace_id } });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
}

function parse(body: string): SendRequest | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if ((size += chunk.length) > MAX_BODY_BYTES) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
