/** What values of settings look like, where a pattern can't say it. */
import { isIP } from 'node:net';
import { ValidateBy, type ValidationOptions } from 'class-validator';

type Expected = ValidationOptions & { message: string };

export const IsDatabaseUrl = validator('isDatabaseUrl', isDatabaseUrl);
export const IsRedisUrl = validator('isRedisUrl', isRedisUrl);
export const IsMailUrl = validator('isMailUrl', isMailUrl);
export const IsOrigin = validator('isOrigin', isOrigin);
export const IsProxies = validator('isProxies', isProxies);

function validator(name: string, accepts: (value: string) => boolean): (expected: Expected) => PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && accepts(value);
  return (expected) => ValidateBy({ name, validator: { validate } }, expected);
}

/** A host may be missing: `postgres:///database?host=/run/postgresql` means a unix socket. */
function isDatabaseUrl(value: string): boolean {
  return /^postgres(ql)?:\/\/./.test(value) && isDecodable(value);
}

function isRedisUrl(value: string): boolean {
  if (value.startsWith('unix://')) return /^unix:\/\/\/.+/.test(value) && isDecodable(value);
  return /^rediss?:\/\//.test(value) && isDecodable(value) && new URL(value).hostname !== '';
}

/** `log:` writes mails to the standard output instead of sending them. */
function isMailUrl(value: string): boolean {
  return value === 'log:' || (/^smtps?:\/\//.test(value) && isDecodable(value) && new URL(value).hostname !== '');
}

/** The drivers decode every part, and would fail later with the whole URL in their message. */
function isDecodable(value: string): boolean {
  try {
    decodeURIComponent(value);
    return URL.canParse(value);
  } catch {
    return false;
  }
}

/** As browsers send it: nothing else would ever match. */
function isOrigin(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value) && new URL(value).origin === value;
}

const NAMED_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** `true`, a number of hops, or addresses and networks as Fastify takes them. */
function isProxies(value: string): boolean {
  if (value === 'true' || /^\d{1,3}$/.test(value)) return true;
  return value.split(',').every((part) => isNetwork(part.trim()));
}

function isNetwork(value: string): boolean {
  if (NAMED_NETWORKS.has(value)) return true;
  const [address = '', prefix, ...rest] = value.split('/');
  const longest = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (longest === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= longest);
}
