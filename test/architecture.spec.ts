/** The house rules that a compiler doesn't know: which way imports point, and what may stand where. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..');

/** Each of these is named in ARCHITECTURE.md, with why. */
const ACROSS_WORKSPACES = [
  // What keeps nodes in step.
  ['src/platform/nodes/node-lease.ts', 'src/platform/health/readiness.ts', 'src/access/socket-census.ts'],
  ['src/access/revocation/revocation-log.ts', 'src/access/revocation/revocations.service.ts'],
  ['src/platform/outbox/outbox.relay.ts', 'src/platform/outbox/outbox.backlog.ts', 'src/roster/feed/feed-repair.ts'],
  // Who has yet to learn whose a credential is.
  ['src/access/authority.reader.ts', 'src/access/api-key-usage.ts', 'src/auth/auth.service.ts'],
  ['src/auth/password-resets.service.ts', 'src/auth/tokens/password-tokens.service.ts'],
  ['src/auth/tokens/token-mails.service.ts', 'src/chatwoot/chatwoot.service.ts'],
  // What commits the work of many callers together.
  ['src/interactions/interaction-writer.ts', 'src/interactions/whatsapp-writer.ts'],
  ['src/interactions/repeats.ts', 'src/interactions/whatsapp.service.ts', 'src/presence/presence-connections.ts'],
  // What looks through all workspaces for something to do, or to forget.
  ['src/access/revocation/receipts.service.ts', 'src/alerts/threshold-watch.ts', 'src/alerts/alert-history.ts'],
  ['src/auth/sessions/sessions.service.ts', 'src/conversations/conversation-queue.ts'],
  ['src/density/density-rollup.ts', 'src/density/density-upkeep.ts', 'src/interactions/interaction-upkeep.ts'],
  ['src/interactions/unhashed-keys.ts'],
  ['src/permissions/resync.service.ts', 'src/platform/http/idempotency-store.ts', 'src/presence/presence.service.ts'],
  ['src/roster/feed/feed-publisher.ts', 'src/webhooks/webhook-deliveries.ts'],
  // What makes workspaces.
  ['src/workspaces/first-boot.service.ts', 'src/demo/demo.service.ts'],
  // What needs an index that a policy forbids.
  ['src/admin/agent-views.service.ts', 'src/admin/timeline/timeline.service.ts'],
];

interface Violation {
  rule: { name: string };
  from: string;
  to: string;
}

describe('architecture', () => {
  it('has imports that point downwards only, and no cycles', async () => {
    expect(await violations()).toEqual([]);
  }, 60_000);

  it('reads the environment in one place', () => {
    const allowed = /^src\/(platform\/(config|embedded)\/|cli\/|start\.ts|services\.ts|main\.ts)/;
    expect(sources('src').filter((file) => !allowed.test(file) && /process\.env/.test(read(file)))).toEqual([]);
  });

  it('binds every gateway with the composed decorator, which brings its guard, pipe and filter', () => {
    const bare = sources('src').filter((file) => /@WebSocketGateway\b/.test(read(file)));
    expect(bare).toEqual([]);
  });

  it('states what each route asks of its caller', () => {
    const silent = sources('src')
      .filter((file) => file.endsWith('.controller.ts'))
      .flatMap((file) => silentRoutes(read(file)).map((route) => `${file}: ${route}`));
    expect(silent).toEqual([]);
  });

  it('works across workspaces where that is the work, and nowhere else', () => {
    const across = /database\.pool\b|\.(systemTransaction|controlPool|authorityPool)\b|\binSnapshot\(/;
    const found = sources('src').filter(
      (file) => !file.startsWith('src/platform/database/') && across.test(read(file)),
    );
    expect(found.toSorted()).toEqual(ACROSS_WORKSPACES.flat().toSorted());
  });

  it.each(['bench', 'faults'])('compiles test/%s alone, with what all tests share', (program) => {
    const other = program === 'bench' ? 'faults' : 'bench';
    const reaching = new RegExp(`from '[./]+/${other}/`);
    expect(sources(`test/${program}`).filter((file) => reaching.test(read(file)))).toEqual([]);
  });

  it('has no sleeping, focused or skipped tests', () => {
    const specs = [...sources('src', true), ...sources('libs', true), ...sources('test', true)].filter((file) =>
      file.endsWith('.spec.ts'),
    );
    const offending = /\b(it|test|describe)\.(only|skip|todo)\b|\bx(it|describe)\(/;
    const self = relative(ROOT, import.meta.filename);
    expect(specs.filter((file) => file !== self && offending.test(read(file)))).toEqual([]);
  });
});

async function violations(): Promise<string[]> {
  const bin = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [bin, 'src', 'libs', '--config', '.dependency-cruiser.mjs', '--output-type', 'json'];
  const options = { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch(
    (error: { stdout: string }) => error,
  );
  const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[]; totalCruised: number } };
  expect(summary.totalCruised).toBeGreaterThan(100);
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
}

/** Handlers that have an HTTP verb but no rule among their decorators. */
function silentRoutes(text: string): string[] {
  const handlers = text.split(/\n(?= {2}@(?:Get|Post|Put|Patch|Delete)\()/).slice(1);
  return handlers
    .map((handler) => handler.slice(0, handler.search(/\n {2}(?:async )?\w+\(/)))
    .filter((decorators) => !/@(Public|Authenticated|Requires|RequiresAny)\(/.test(decorators));
}

function sources(folder: string, withTests = false): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter(
      (file) => file.endsWith('.ts') && !file.includes('node_modules') && (withTests || !file.endsWith('.spec.ts')),
    );
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
