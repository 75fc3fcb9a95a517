/**
 * Which addresses Muster may call on somebody's behalf. Pure.
 *
 * Only what is routed on the public internet: addresses that people enter (a channel's base URL, a webhook) must not
 * become a way into the network that Muster stands in, nor to what answers on this machine.
 */
import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose registries: what is not globally reachable, and what wraps another address. */
const RESERVED: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const reserved = listOf(RESERVED);
const loopback = listOf(LOOPBACK);

/**
 * Whether `address` (an IP address) may be called with `protocol` (`https:` or `http:`). Plain HTTP goes to this machine
 * only, and that only where `toLoopback` allows it. An IPv4 address in the clothes of IPv6 is that IPv4 address.
 */
export function mayCall(address: string, protocol: string, toLoopback: boolean): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').split('%')[0] ?? '';
  const family = isIP(plain);
  if (family === 0 || /^::ffff:/i.test(plain)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (loopback.check(plain, type)) return toLoopback;
  return protocol === 'https:' && !reserved.check(plain, type);
}

/**
 * Whether `text` is an address that could be called: https, or http to this machine where that is allowed. Names are
 * looked up, and judged, only when they are called.
 */
export function isCallable(text: string, toLoopback: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username || password || (protocol !== 'https:' && protocol !== 'http:')) return false;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0) return mayCall(host, protocol, toLoopback);
  if (host === 'localhost' || host.endsWith('.localhost')) return toLoopback;
  return protocol === 'https:';
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
