import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../platform/version.js';
import { contractSchemas, opened } from '../contracts/contract-schemas.js';
import { reachableFrom } from '../json-schema.js';
import type { Sources } from '../sources/sources.js';
import type { AsyncApi } from './asyncapi.js';
import { channelsOf } from './channels.js';

/** The reference of the socket API, from the event maps and the sources of `root`. */
export function asyncApiDocument(root: string, sources: Sources): AsyncApi {
  const contract = contractSchemas(root, sources);
  const { channels, operations } = channelsOf(sources);
  const received = Object.values(operations).filter(({ action }) => action === 'receive');
  const bodies = received.map(({ title, channel }) => channels[nameOf(channel.$ref)]?.messages[title]?.payload);
  const closed = reachableFrom(bodies, contract);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Muster, live',
      version,
      description: readFileSync(join(root, 'src/docs/asyncapi/introduction.md'), 'utf8').trim(),
      license: {
        name: 'Apache License 2.0',
        url: 'https://www.apache.org/licenses/LICENSE-2.0',
      },
    },
    defaultContentType: 'application/json',
    servers: { node: SERVER },
    channels,
    operations,
    components: {
      schemas: reachableFrom(channels, { ...opened(contract), ...closed }),
      securitySchemes: { token: TOKEN },
    },
  };
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

const SERVER = {
  host: '{host}',
  pathname: '/socket.io',
  protocol: 'wss',
  protocolVersion: '4',
  title: 'A node',
  description: 'Any node of the installation. Spoken is socket.io (protocol revision 5, EIO=4), over websocket only.',
  variables: { host: { default: 'localhost:3000', description: 'Where Muster is.' } },
  security: [{ $ref: '#/components/securitySchemes/token' }],
};

const TOKEN = {
  type: 'http',
  scheme: 'bearer',
  description: 'The access token or API key of the HTTP API; it stands in `auth.token` of the `connect` packet.',
};
