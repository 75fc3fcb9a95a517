/**
 * Every environment variable Muster reads: what it means and how a value is written.
 * `.env.example` and the README's table are generated from this list (`npm run docs:config`),
 * so it is the only place to describe a setting.
 */
export interface Variable {
  name: string;
  description: string;
  /** Shown default; absent: no default. */
  default?: string;
  /** Secrets have a `<NAME>_FILE` twin and are never printed. */
  secret?: boolean;
}

export const VARIABLES = [
  { name: 'PORT', description: 'TCP port of the HTTP and socket server.', default: '3000' },
  {
    name: 'HOST',
    description: 'Address to listen on.',
    default: '0.0.0.0 (127.0.0.1 with the embedded services)',
  },
  {
    name: 'DATABASE_URL',
    description:
      'PostgreSQL 15 or newer, the only source of truth: postgres://user:password@host:5432/database. ' +
      'Without it and `REDIS_URL`, `npm start` brings its own.',
    secret: true,
  },
  {
    name: 'REDIS_URL',
    description:
      'Redis or Valkey 7 or newer: redis://host:6379, rediss://… or unix:///path/to/socket. May vanish; nothing is lost.',
    secret: true,
  },
  { name: 'MUSTER_ROLES', description: 'What this process does: `api`, `worker` or both.', default: 'api,worker' },
  {
    name: 'MUSTER_DATA_DIR',
    description: 'Where the embedded services and generated secrets live.',
    default: '.muster',
  },
  {
    name: 'MUSTER_DEMO',
    description: '`on` fills an empty workspace with demo teams and agents.',
    default: 'off (on with the embedded services)',
  },
  {
    name: 'MUSTER_ADMIN_EMAIL',
    description: 'E-mail of the first administrator, created on first boot.',
    default: 'admin@muster.local (admin@demo.muster.local with the demo)',
  },
  {
    name: 'MUSTER_ADMIN_PASSWORD',
    description: 'Password of the first administrator; generated and printed once if absent.',
    secret: true,
  },
  {
    name: 'MUSTER_JWT_SECRET',
    description: 'Signs access tokens, at least 32 characters. Generated when embedded, required otherwise.',
    secret: true,
  },
  {
    name: 'MUSTER_JWT_SECRETS_OLD',
    description:
      'Former values of `MUSTER_JWT_SECRET`, with spaces or line breaks between: what they signed stays good until it ' +
      'expires, 15 minutes later, so that a new secret logs nobody out. Restart all nodes with the new secret listed ' +
      'here first, then with the two exchanged.',
    secret: true,
  },
  {
    name: 'MUSTER_PHONE_KEY',
    description: 'Encrypts customer numbers: 32 bytes in base64. Generated when embedded, required otherwise.',
    secret: true,
  },
  {
    name: 'MUSTER_WHATSAPP_APP_SECRET',
    description:
      "Meta's app secret. Deliveries not signed with it are refused; without it, all. Generated when embedded.",
    secret: true,
  },
  {
    name: 'MUSTER_WHATSAPP_VERIFY_TOKEN',
    description: 'The token you enter at Meta when subscribing the webhook. Generated when embedded.',
    secret: true,
  },
  {
    name: 'MUSTER_WHATSAPP_MESSAGES_PER_SECOND',
    description: "Messages sent from one WhatsApp number in a second, over all nodes: Meta's throughput of the number.",
    default: '80',
  },
  {
    name: 'MUSTER_REVEALS_PER_HOUR',
    description: 'Customer numbers that one agent may have revealed in an hour, over all nodes.',
    default: '60',
  },
  {
    name: 'MUSTER_REVEAL_SECONDS',
    description: 'How long a number that was revealed may stay on the screen: 5 to 3600.',
    default: '60',
  },
  {
    name: 'MUSTER_OUTGOING_LOOPBACK',
    description:
      '`on` lets Muster call this machine where an address is entered (the API of a channel, a webhook), also over http. ' +
      'Private networks are never called, and everything else only over https.',
    default: 'off (on with the demo)',
  },
  {
    name: 'MUSTER_TICK_MS',
    description: 'Longest time, in milliseconds, that live changes are gathered before they are sent: 10 to 1000.',
    default: '100',
  },
  {
    name: 'MUSTER_PUBLIC_URL',
    description: 'Where people reach Muster: the links in mails lead there. No path behind host and port.',
    default: 'http://localhost and the port',
  },
  {
    name: 'MUSTER_SMTP_URL',
    description:
      'Sends invitations and password resets: smtp://user:password@host:587, or smtps://… for TLS from the first byte. ' +
      '`log:` writes mails to the standard output. Without it invitations are shown to the administrator, and ' +
      'passwords are reset by inviting again.',
    default: 'none (log: with the embedded services)',
    secret: true,
  },
  {
    name: 'MUSTER_MAIL_FROM',
    description: 'Sender of mails, like Muster <muster@example.com>.',
    default: 'muster@ and the host of `MUSTER_PUBLIC_URL`',
  },
  {
    name: 'MUSTER_LOGIN_FAILURES',
    description:
      'Wrong passwords within `MUSTER_LOGIN_LOCK_SECONDS` after which an account has to wait. Addresses from which ' +
      'somebody has logged in before count for themselves.',
    default: '10',
  },
  {
    name: 'MUSTER_LOGIN_FAILURES_PER_ADDRESS',
    description: 'Wrong passwords after which an address has to wait, whatever the accounts.',
    default: '100',
  },
  {
    name: 'MUSTER_LOGIN_LOCK_SECONDS',
    description: 'In how many seconds they are counted, and how long the first wait is; it doubles, up to an hour.',
    default: '900',
  },
  {
    name: 'MUSTER_RESETS_PER_HOUR',
    description: 'Mails for resetting the password of one account.',
    default: '5',
  },
  {
    name: 'MUSTER_CALLS_PER_SECOND',
    description: 'Requests and socket events that one session or API key may send to one node: 1000 or more.',
    default: '10000',
  },
  {
    name: 'MUSTER_SOCKETS_PER_CREDENTIAL',
    description: 'Sockets that one session or API key may have open on one node: 100 or more.',
    default: '10000',
  },
  {
    name: 'MUSTER_HANDSHAKES_AT_ONCE',
    description: 'Sockets that one node authenticates at a time; the others wait in order, for 5 seconds at most.',
    default: '64',
  },
  {
    name: 'MUSTER_KEEP_HISTORY_DAYS',
    description:
      'Days for which the history is kept that reports are made of: interactions per minute, presence, who had which ' +
      'conversation. 31 or more.',
    default: '400',
  },
  {
    name: 'MUSTER_KEEP_INTERACTIONS_DAYS',
    description:
      'Days for which single interactions are kept: 31 or more. Their counts per minute are history, and stay longer.',
    default: 'none (for ever)',
  },
  { name: 'CORS_ORIGINS', description: 'Origins of browsers, besides our own, comma-separated.', default: 'none' },
  {
    name: 'TRUST_PROXY',
    description: 'Proxies whose `X-Forwarded-*` is believed: a count, `true`, or addresses, comma-separated.',
    default: 'none',
  },
  {
    name: 'LOG_LEVEL',
    description: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
    default: 'info (warn with the embedded services)',
  },
  {
    name: 'LOG_FORMAT',
    description: '`json`, or `pretty` for people.',
    default: 'json (pretty with the embedded services)',
  },
  {
    name: 'MUSTER_NODE_ID',
    description: 'Name of this node, unique among the running ones.',
    default: 'host name and port',
  },
  {
    name: 'MUSTER_REDIS_PREFIX',
    description: 'Prefix of all keys in Redis, for installations that share one.',
    default: 'muster',
  },
] as const satisfies readonly Variable[];

export type VariableName = (typeof VARIABLES)[number]['name'];

/** The list with its general type. */
export const ALL_VARIABLES: readonly Variable[] = VARIABLES;

/** What only the command line reads (`npx muster …`), each like the option of the same name. */
export const COMMAND_LINE_VARIABLES: readonly Variable[] = [
  { name: 'MUSTER_URL', description: 'Where Muster is.', default: 'the one started here' },
  { name: 'MUSTER_TOKEN', description: 'An API key or access token to call it with.' },
  { name: 'MUSTER_EMAIL', description: 'Or the e-mail to sign in with, …' },
  { name: 'MUSTER_PASSWORD', description: '… and the password.' },
];
