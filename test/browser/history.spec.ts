/** The page of an agent over time: presence and messages, as who may see them sees them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgentView, MusterApi, TeamView } from '#client';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { PlainSocket } from '../support/live.js';
import { Site, type Window } from './support/site.js';

describe('an agent over time', () => {
  let site: Site;
  let admin: MusterApi;
  let team: TeamView;
  let ana: AgentView;
  let socket: PlainSocket;
  beforeAll(async () => {
    site = await Site.start();
    admin = await site.admin();
    team = await createTeam(admin, ['inbox.read', 'inbox.reply'], { name: 'Support' });
    ana = await createAgent(admin, team, { name: 'Ana Souza' });
    const api = await site.login(ana.email, PASSWORD);
    socket = await PlainSocket.connect(`${site.url}/inbox`, (await api.credentials.bearer()) ?? '');
    await api.agents.setPresence(ana.id, { availability: 'available' });
    const { id } = await admin.conversations.create({ contact: { phone: '+351912345678' }, teamId: team.id });
    await admin.conversations.assign(id, { agentId: ana.id });
    const at = new Date().toISOString();
    await admin.interactions.report(
      (['inbound', 'outbound', 'inbound'] as const).map((direction, n) => ({
        id: `message-${n}`,
        conversationId: id,
        direction,
        at,
      })),
    );
  });
  afterAll(async () => {
    socket.close();
    await site.stop();
  });

  const presence = ({ page }: Window) => page.getByTestId('presence-history');
  const density = ({ page }: Window) => page.getByTestId('density-history');

  it('shows a supervisor states and messages, as pictures and as tables', async () => {
    const window = await site.openAsAdmin({ path: `/agents/${ana.id}` });
    await window.page.getByRole('button', { name: 'Over time' }).click();
    await presence(window)
      .getByRole('img', { name: /available \d+s/ })
      .waitFor();
    await presence(window).getByText('As a table').click();
    const states = presence(window).getByRole('row');
    await states.filter({ hasText: 'until now' }).getByText('available').waitFor();
    await states.getByText('offline').first().waitFor();
    await density(window).getByRole('img', { name: '3 in all' }).waitFor();
    await density(window).getByText('As a table').click();
    expect(await density(window).getByRole('row').last().getByRole('cell').allInnerTexts()).toEqual(['2', '1']);
    for (const [range, strips] of [
      ['hour', 1],
      ['week', 8],
    ] as const) {
      await window.page.getByRole('combobox', { name: 'Time' }).selectOption(range);
      await presence(window)
        .locator('figure')
        .nth(strips - 1)
        .waitFor();
      expect(await presence(window).locator('figure').count()).toBe(strips);
      await density(window).getByRole('img', { name: '3 in all' }).waitFor();
    }
    expect(window.complaints).toEqual([]);
    await window.close();
  });

  it('shows no counts to who may not view reports', async () => {
    const readers = await createTeam(admin, ['agents.read'], { name: 'Readers' });
    const reader = await createAgent(admin, readers, { name: 'Rosa', email: 'rosa@example.com' });
    const window = await site.openAs(reader.email, PASSWORD, { path: `/agents/${ana.id}?tab=history` });
    await presence(window).locator('svg').first().waitFor();
    expect(await density(window).count()).toBe(0);
    await window.close();
  });

  it('says when there is nothing, and what went wrong, and tries again', async () => {
    const quiet = await createAgent(admin, team, { name: 'Quiet', email: 'quiet@example.com' });
    const window = await site.openAsAdmin({ path: `/agents/${quiet.id}?tab=history` });
    await density(window).getByText('No messages in this time').waitFor();
    await window.page.route('**/timeline?*', (route) => route.abort());
    await window.page.getByRole('combobox', { name: 'Time' }).selectOption('week');
    await presence(window).getByRole('alert').waitFor();
    await window.page.unroute('**/timeline?*');
    await presence(window).getByRole('button', { name: 'Try again' }).click();
    await presence(window).locator('svg').first().waitFor();
    await window.close();
  });
});
