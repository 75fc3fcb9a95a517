import { randomUUID } from 'node:crypto';
import type { MusterApi } from '#client';
import type { AgentView, ConversationView, Direction } from '#contracts';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { DriftCheck } from '../../src/roster/drift/drift.check.js';
import { LiveRoster } from '../../src/roster/live-roster.js';
import type { Projection } from '../../src/roster/projection/projection.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';

const SETTLE_MS = 500;

describe('the continuous check of the windows', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let agent: AgentView;
  let conversation: ConversationView;
  let check: DriftCheck;

  beforeAll(async () => {
    installation = await startNodes();
    admin = await installation.admin();
    agent = await createAgent(admin, await createTeam(admin, ['inbox.read', 'inbox.reply']));
    const contact = { name: 'Customer', phone: '+5511912345678' };
    conversation = await admin.conversations.create({ contact, teamId: agent.team.id });
    check = installation.node.app.get(DriftCheck);
  });

  afterAll(() => installation.stop());

  const report = (count: number, direction: Direction = 'inbound', age = 0) =>
    admin.interactions.report(
      Array.from({ length: count }, () => ({
        id: randomUUID(),
        conversationId: conversation.id,
        agentId: agent.id,
        direction,
        at: new Date(Date.now() - age).toISOString(),
      })),
    );

  /** The metrics after a check. */
  const checked = async () => {
    await check.run(SETTLE_MS);
    const text = await installation.node.app.get(Metrics).text();
    const figure = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
    const of = (outcome: string) => figure(`muster_density_checks_total\\{outcome="${outcome}"\\}`);
    return {
      drift: figure('muster_density_drift'),
      exact: of('exact'),
      drifted: of('drifted'),
      skipped: of('skipped'),
    };
  };

  const row = async () => (await admin.dashboard.roster()).rows.find(({ id }) => id === agent.id);

  /** What no reader gets to: the projection of the only workspace. */
  const projection = (): Projection => {
    const [roster] = (Reflect.get(installation.node.app.get(LiveRoster), 'rosters') as Map<string, object>).values();
    return (Reflect.get(roster ?? {}, 'live') as { projection: Projection }).projection;
  };

  it('finds nothing while interactions come, early, late and of old', async () => {
    await row();
    await report(5, 'inbound', 400_000);
    const coming = (async () => {
      for (let batch = 0; batch < 30; batch++) await report(3, 'outbound', batch * 60_000);
    })();
    for (let round = 1; round <= 3; round++) {
      expect(await checked()).toEqual({ drift: 0, exact: round, drifted: 0, skipped: 0 });
    }
    await coming;
  });

  it('finds a wrong window, says so, and has everybody load again', async () => {
    const before = projection();
    const windows = Reflect.get(Reflect.get(before, 'inputs') as object, 'agentWindows') as {
      add: (key: string, bucket: number, inbound: number, outbound: number) => void;
    };
    windows.add(agent.id, before.bucket, 3, 0);
    await report(1);
    const wrong = await row();
    const { drift, drifted } = await checked();
    // Four windows, each by three.
    expect({ drift, drifted }).toEqual({ drift: 12, drifted: 1 });
    const right = await row();
    expect(right?.density.h1).toBe((wrong?.density.h1 ?? 0) - 3);
    expect(projection().epoch).not.toBe(before.epoch);
    expect(await checked()).toMatchObject({ drift: 0, drifted: 1 });
  });
});
