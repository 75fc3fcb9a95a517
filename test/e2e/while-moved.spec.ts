import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, Permission, TeamView } from '#contracts';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { Sockets } from '../support/sockets.js';

describe('while an agent is moved to another team', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let database: pg.Client;
  const sockets = new Sockets();

  beforeAll(async () => {
    installation = await startNodes(1);
    admin = await installation.admin();
    database = new pg.Client({ connectionString: installation.databaseUrl });
    await database.connect();
  });

  afterAll(async () => {
    sockets.disconnect();
    await database.end();
    await installation.stop();
  });

  it('lets it log in', async () => {
    const { agent, other } = await newAgent();
    const login = await duringMove(agent, other, () =>
      installation.client().auth.login({ email: agent.email, password: PASSWORD }),
    );
    expect(login.agent.id).toBe(agent.id);
  });

  it('lets it refresh', async () => {
    const { agent, other } = await newAgent();
    const api = installation.client();
    await api.auth.login({ email: agent.email, password: PASSWORD });
    await duringMove(agent, other, () => api.auth.refresh());
    expect((await api.me()).team.id).toBe(other.id);
  });

  it('assigns to it', async () => {
    const { agent, other } = await newAgent();
    const { accessToken } = await installation.client().auth.login({ email: agent.email, password: PASSWORD });
    const socket = await sockets.connect(installation.node.url, '/inbox', accessToken);
    await socket.emitWithAck('presence.set', { availability: 'available' });
    const conversation = await admin.conversations.create({ contact: { phone: '+5511911112222' } });
    const assigned = await duringMove(agent, other, () =>
      admin.conversations.assign(conversation.id, { agentId: agent.id }),
    );
    expect(assigned.assignee?.id).toBe(agent.id);
  });

  async function newAgent(): Promise<{ agent: AgentView; other: TeamView }> {
    const [team, other] = [await createTeam(admin, CAN_REPLY), await createTeam(admin, CAN_REPLY)];
    return { agent: await createAgent(admin, team), other };
  }

  /** Begins the work while the move is written but not committed. */
  async function duringMove<T>(agent: AgentView, to: TeamView, work: () => Promise<T>): Promise<T> {
    await database.query('begin');
    await database.query('update agent set team_id = $2 where id = $1', [agent.id, to.id]);
    const done = work();
    try {
      await eventually(waiting, (count) => count > 0);
    } finally {
      await database.query('commit');
    }
    return done;
  }

  async function waiting(): Promise<number> {
    await database.query('select pg_stat_clear_snapshot()');
    const { rows } = await database.query<{ count: number }>(
      "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    return rows[0]?.count ?? 0;
  }
});

const CAN_REPLY: Permission[] = ['inbox.read', 'inbox.reply'];
