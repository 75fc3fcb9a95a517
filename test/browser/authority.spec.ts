/** What administrators do, as those see it to whom it is done. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgentView, MusterApi, TeamView } from '#client';
import { eventually } from '../support/eventually.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { ADMIN } from '../support/nodes.js';
import { Site, signIn } from './support/site.js';

describe('authority, seen from both sides', () => {
  let site: Site;
  let admin: MusterApi;
  let team: TeamView;
  let agent: AgentView;
  beforeAll(async () => {
    site = await Site.start();
    admin = await site.admin();
    team = await createTeam(admin, ['dashboard.view', 'inbox.read', 'inbox.reply'], { name: 'Support' });
    agent = await createAgent(admin, team, { name: 'Ana Souza' });
  });
  afterAll(() => site.stop());

  it('a blueprint changes in the open window of an agent, without logging in again', async () => {
    const theirs = await site.openAs(agent.email, PASSWORD);
    const modules = theirs.page.getByRole('navigation', { name: 'Screens' }).getByRole('listitem');
    expect(await modules.allInnerTexts()).toEqual(['Floor', 'Inbox', 'Alerts']);

    const mine = await site.openAsAdmin({ path: '/teams' });
    await mine.page.getByRole('link', { name: 'Support' }).click();
    await mine.page.getByRole('heading', { name: 'Support' }).waitFor();
    await mine.page.getByRole('checkbox', { name: 'Read agents' }).check();
    const bar = mine.page.getByTestId('save-bar');
    await bar.getByText('agents.read').waitFor();
    await bar.getByText('1 agent changes').waitFor();
    await bar.getByRole('button', { name: 'Save for all agents' }).click();
    await theirs.page.getByRole('link', { name: 'Agents' }).waitFor();
    await mine.page.getByRole('link', { name: 'Support' }).getByText('1/1 at v2').waitFor();

    await mine.page.getByRole('checkbox', { name: 'Watch the live dashboard' }).uncheck();
    await bar.getByText('dashboard.view').waitFor();
    await bar.getByRole('button', { name: 'Save for all agents' }).click();
    await theirs.page.getByRole('link', { name: 'Floor' }).waitFor({ state: 'detached' });
    await theirs.page.getByTestId('no-permission').waitFor();
    expect(await modules.allInnerTexts()).toEqual(['Inbox', 'Agents']);
    expect([...mine.complaints, ...theirs.complaints]).toEqual([]);
    await theirs.close();
    await mine.close();
    await admin.teams.update(team.id, { permissions: ['dashboard.view', 'inbox.read', 'inbox.reply'] });
  });

  it('a team that somebody else changed is not overwritten', async () => {
    const mine = await site.openAsAdmin({ path: `/teams/${team.id}` });
    await mine.page.getByLabel('Description').fill('mine');
    await mine.page.getByTestId('save-bar').waitFor();
    await admin.teams.update(team.id, { description: 'theirs' });
    await mine.page.getByRole('button', { name: 'Save for all agents' }).click();
    await mine.page.getByTestId('save-bar').getByText('Somebody else saved meanwhile').waitFor();
    expect(await admin.teams.get(team.id)).toMatchObject({ description: 'theirs' });
    await mine.close();
  });

  it('Hide Phone reaches the window of the agent, and is shown before it is done', async () => {
    const theirs = await site.openAs(agent.email, PASSWORD, { path: '/account' });
    await theirs.page.getByText('You see customers’ whole numbers').waitFor();
    const mine = await site.openAsAdmin({ path: '/agents?q=Ana' });
    await mine.page.getByRole('switch', { name: 'Hide numbers from Ana Souza' }).click({ force: true });
    await mine.page.getByRole('dialog').getByText('1 agent changes').waitFor();
    await mine.page.getByRole('button', { name: 'Hide numbers', exact: true }).click();
    await theirs.page.getByText('Customers’ numbers are masked for you').waitFor();
    await mine.page.getByRole('dialog').waitFor({ state: 'detached' });
    await mine.page.getByRole('switch', { name: 'Hide numbers from Ana Souza' }).click({ force: true });
    await theirs.page.getByText('You see customers’ whole numbers').waitFor();
    await theirs.close();
    await mine.close();
  });

  it('a toggle that is refused goes back, with the reason', async () => {
    const lone = await createTeam(admin, ['agents.read', 'agents.manage'], { name: 'Leads' });
    const lead = await createAgent(admin, lone, { name: 'Lea Lead' });
    await createAgent(admin, await createTeam(admin, ['audit.read']), {
      name: 'Beyond Rights',
      hidePhone: true,
      status: 'inactive',
    });
    const window = await site.openAs(lead.email, PASSWORD, { path: '/agents?q=Beyond' });
    const toggle = window.page.getByRole('switch', { name: 'Beyond Rights is active' });
    await toggle.click({ force: true });
    await window.page.getByText('Beyond Rights is as before').waitFor();
    expect(await toggle.isChecked()).toBe(false);
    await window.close();
  });

  it('a refusal is said in the language of the console', async () => {
    const { page, close } = await site.open({ language: 'ar' });
    await page.locator('input[name=email]').fill(agent.email);
    await page.locator('input[name=password]').fill('not the password');
    await page.locator('button[type=submit]').click();
    await page.getByText('كلمة المرور أو البريد غير صحيح.').waitFor();
    await signIn(page, ADMIN.email, ADMIN.password);
    await page.goto(`${site.url}/console/teams`);
    await page.getByRole('button', { name: 'إنشاء فريق' }).click();
    await page.getByRole('dialog').getByRole('textbox').first().fill('SUPPORT');
    await page.getByRole('dialog').locator('button[type=submit]').click();
    await page.getByText('هذا الاسم مستعمل').waitFor();
    await close();
  });

  it('offboarding throws the agent out of an open window with its reason, and shows the proof', async () => {
    const theirs = await site.openAs(agent.email, PASSWORD);
    const mine = await site.openAsAdmin({ path: '/agents?q=Ana' });
    await mine.page.getByRole('switch', { name: 'Ana Souza is active' }).click({ force: true });
    const dialog = mine.page.getByTestId('offboard');
    await dialog.getByText('inbox.reply').waitFor();
    await dialog.getByRole('button', { name: 'Take all access away now' }).click();
    await dialog.getByText('Every node has confirmed').waitFor();
    await dialog.getByText(/[1-9]\d* open windows? closed/).waitFor();
    await theirs.page.getByText('Your account was set to inactive').waitFor();
    expect(await theirs.page.getByRole('alert').getAttribute('data-code')).toBe('agent_inactive');
    expect(await admin.agents.get(agent.id)).toMatchObject({ status: 'inactive' });

    await theirs.page.locator('input[name=email]').fill(agent.email);
    await theirs.page.locator('input[name=password]').fill(PASSWORD);
    await theirs.page.locator('button[type=submit]').click();
    await theirs.page
      .getByRole('alert')
      .filter({ hasText: /inactive/ })
      .last()
      .waitFor();

    await mine.page.getByRole('button', { name: 'Close' }).last().click();
    await mine.page.getByRole('dialog').waitFor({ state: 'detached' });
    await mine.page.getByRole('switch', { name: 'Ana Souza is active' }).click({ force: true });
    await eventually(
      () => admin.agents.get(agent.id),
      ({ status }) => status === 'active',
    );
    await theirs.page.locator('button[type=submit]').click();
    await theirs.page.getByRole('heading', { name: 'Floor' }).waitFor();
    expect([...mine.complaints, ...theirs.complaints]).toEqual([]);
    await theirs.close();
    await mine.close();
  });
});
