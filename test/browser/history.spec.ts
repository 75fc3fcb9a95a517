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

  it('says in words what was changed, and turns no number round', async () => {
    const phone = '+447700900057';
    await admin.agents.update(ana.id, { hidePhone: true, phone });
    await admin.agents.update(ana.id, { hidePhone: false });
    const window = await site.openAsAdmin({ path: `/agents/${ana.id}` });
    const entries = window.page.locator('ol > li[data-kind=audit]');
    const first = entries.first().locator('dl');
    await first.getByText('Hide Phone').waitFor();
    expect(await first.locator('del, ins').allInnerTexts()).toEqual(['yes', 'no']);
    const created = entries.filter({ hasText: 'Agent created' }).locator('dl');
    expect(await created.locator('ins').allInnerTexts()).toEqual(
      expect.arrayContaining(['Support', 'active', ana.phone]),
    );
    expect(await created.locator('dt').allInnerTexts()).not.toEqual(expect.arrayContaining(['teamId']));
    await window.close();

    const arabic = await site.openAsAdmin({ path: `/agents/${ana.id}`, language: 'ar' });
    const number = arabic.page.locator('ins bdi').filter({ hasText: phone });
    await number.first().waitFor();
    const readsFromLeft = await arabic.page.evaluate<boolean>(`(() => {
      const found = [...document.querySelectorAll('ins bdi')].find((one) => one.textContent === '${phone}');
      const place = (at) => {
        const range = document.createRange();
        range.setStart(found.firstChild, at);
        range.setEnd(found.firstChild, at + 1);
        return range.getBoundingClientRect().x;
      };
      return place(0) < place(1);
    })()`);
    expect(readsFromLeft).toBe(true);
    await arabic.page.locator('dt').filter({ hasText: 'إخفاء' }).first().waitFor();
    await arabic.close();
  });

  it('sorts reports by name or figure, and says so', async () => {
    const window = await site.openAsAdmin({ path: '/reports' });
    const report = window.page.getByTestId('report-occupancy');
    const names = () => report.locator('tbody th a').allInnerTexts();
    const header = (name: string) => report.getByRole('columnheader', { name });
    await report.locator('table').waitFor();
    expect(await names()).toEqual((await names()).toSorted((a, b) => a.localeCompare(b)));
    expect(await header('Agent').getAttribute('aria-sort')).toBe('ascending');
    await header('From customers').getByRole('button').click();
    expect(await header('From customers').getAttribute('aria-sort')).toBe('descending');
    expect(await header('Agent').getAttribute('aria-sort')).toBeNull();
    expect((await names())[0]).toBe('Ana Souza');
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
