import { freePort, whyNotFree } from './free-port.js';
import { LaunchError } from './launch.error.js';

/** Where the application will listen, and where a browser on this machine finds it. */
export interface Address {
  host: string;
  port: number;
  url: string;
}

const EVERYWHERE = new Set(['0.0.0.0', '::', '']);

/** The address asked for, found free now; `PORT=0` chooses a free port. A `LaunchError` says what is wrong with it. */
export async function chooseAddress(host: string, portText: string): Promise<Address> {
  const wanted = /^\d{1,5}$/.test(portText) ? Number(portText) : Infinity;
  if (wanted > 65_535) throw new LaunchError('PORT has a wrong value: expected a port number, 0 to 65535');
  const port = wanted === 0 ? await freePort() : wanted;
  const reason = await whyNotFree(port, host);
  if (reason) throw new LaunchError(explain(reason, host, port));
  const name = EVERYWHERE.has(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return { host, port, url: `http://${name}:${port}` };
}

function explain(reason: string, host: string, port: number): string {
  const another = 'Choose another one, for example: PORT=3001 npm start';
  if (reason === 'EADDRINUSE') return `Port ${port} is already in use on ${host}. ${another}`;
  if (reason === 'EACCES') return `This user may not listen on port ${port}. ${another}`;
  return `HOST has a wrong value: expected an address of this machine (${reason})`;
}
