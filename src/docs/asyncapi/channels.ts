/** The namespaces of the socket API with their events, from the event maps of libs/contracts. */
import { type JsonSchema, ref } from '../json-schema.js';
import type { SocketEvent, Sources } from '../sources/sources.js';
import type { AsyncOperation, Channel, Message, Reference } from './asyncapi.js';
import { namespaceOf } from './namespaces.js';

interface Parts {
  channels: Record<string, Channel>;
  operations: Record<string, AsyncOperation>;
}

/** Channels and operations; as the document is the server's, it receives what clients send. */
export function channelsOf(sources: Sources): Parts {
  const parts: Parts = { channels: {}, operations: {} };
  for (const name of sources.interfacesEndingIn('ClientEvents').toSorted()) {
    const namespace = name.toLowerCase();
    const received = sources.events(`${name}ClientEvents`);
    const sent = sources.events(`${name}ServerEvents`);
    parts.channels[namespace] = channel(namespace, received, sent);
    Object.assign(parts.operations, operationsOf(namespace, received, sent));
  }
  return parts;
}

function channel(namespace: string, received: SocketEvent[], sent: SocketEvent[]): Channel {
  const events = [...received, ...sent].flatMap((event) => [messageOf(event), ...ackOf(event)]);
  const messages = [CONNECT, CONNECT_ERROR, ...events];
  return {
    address: `/${namespace}`,
    ...namespaceOf(namespace),
    messages: Object.fromEntries(messages.map((message) => [message.name, message])),
  };
}

function operationsOf(namespace: string, received: SocketEvent[], sent: SocketEvent[]): Record<string, AsyncOperation> {
  const connect = operation(namespace, 'receive', CONNECT, CONNECT_ERROR);
  const all = [
    connect,
    ...received.map((event) => operation(namespace, 'receive', messageOf(event), ackOf(event)[0])),
    ...sent.map((event) => operation(namespace, 'send', messageOf(event))),
  ];
  return Object.fromEntries(all.map((each) => [`${namespace}.${each.title}`, each]));
}

function operation(namespace: string, action: 'send' | 'receive', message: Message, reply?: Message): AsyncOperation {
  const channel: Reference = { $ref: `#/channels/${namespace}` };
  const reference = ({ name }: Message): Reference => ({ $ref: `#/channels/${namespace}/messages/${name}` });
  return {
    action,
    channel,
    title: message.name,
    ...(message.description ? { description: message.description } : {}),
    messages: [reference(message)],
    ...(reply ? { reply: { channel, messages: [reference(reply)] } } : {}),
  };
}

function messageOf({ name, doc, body }: SocketEvent): Message {
  return { name, title: name, ...(doc ? { description: doc } : {}), payload: ref(body) };
}

/** The acknowledgement: `Ack<T>` written out for each answer, for it is generic. */
function ackOf({ name, answer }: SocketEvent): Message[] {
  if (answer === null) return [];
  const failed = {
    type: 'object',
    required: ['ok', 'error'],
    properties: { ok: { const: false }, error: ref('Problem') },
  };
  const done = { type: 'object', required: ['ok', 'data'], properties: { ok: { const: true }, data: ref(answer) } };
  const description = `Acknowledges \`${name}\`. A refusal changes nothing and closes nothing.`;
  return [{ name: `${name}.ack`, title: `${name}: acknowledgement`, description, payload: { oneOf: [done, failed] } }];
}

const CONNECT: Message = {
  name: 'connect',
  title: 'connect',
  description:
    'The first packet of a client, which opens the namespace: what `io(url, {auth: {token, protocol: 1}})` sends. ' +
    'The answer is the event `connect`, or `connect_error`.',
  payload: ref('SocketAuth'),
};

const REFUSED: JsonSchema = {
  type: 'object',
  required: ['message', 'data'],
  properties: {
    message: { type: 'string', description: 'The code of the problem.' },
    data: ref('Problem'),
  },
};

const CONNECT_ERROR: Message = {
  name: 'connect_error',
  title: 'connect_error',
  description: 'The namespace is not opened. Connect again only if `data.retryable`, or with another credential.',
  payload: REFUSED,
};
