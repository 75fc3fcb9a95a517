import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Where a request comes from. */
export interface Origin {
  /** The whole address: for counting, never to be stored or logged. */
  address: string;
  /** What the program says it is, as short as people would read it; null: nothing. */
  client: string | null;
}

const LONGEST_CLIENT = 200;

/** For a parameter of a handler: where the request comes from. */
export const From = createParamDecorator((_data: unknown, context: ExecutionContext): Origin => {
  const { ip, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return { address: withoutZone(ip), client: readable(headers['user-agent']) };
});

/** The part of an address that names a network but nobody in it: /24 of IPv4, /48 of IPv6. */
export function networkOf(address: string): string {
  const v4 = /(\d+\.\d+\.\d+)\.\d+$/.exec(address)?.[1];
  return v4 ? `${v4}.0/24` : `${groupsOf(address).slice(0, 3).join(':')}::/48`;
}

/** Who counts as one: an address of IPv4, and a /64 of IPv6, which is one household's or one machine's. */
export function householdOf(address: string): string {
  const v4 = /\d+\.\d+\.\d+\.\d+$/.exec(address)?.[0];
  return v4 ?? groupsOf(address).slice(0, 4).join(':');
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const groups = tail === undefined ? before : [...before, ...zeros, ...after];
  return groups.map((group) => group.replace(/^0+(?=.)/, ''));
}

function withoutZone(address: string): string {
  return address.split('%', 1)[0] ?? address;
}

function readable(userAgent: string | undefined): string | null {
  const text = userAgent?.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
  return text ? text.slice(0, LONGEST_CLIENT) : null;
}
