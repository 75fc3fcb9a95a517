/** The onboarding workflow as it is documented: initiate, profile, team, security, activation. And what goes wrong on it. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MusterApi } from '#client';
import { eventually } from '../support/eventually.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { signIn, Site, type Window } from './support/site.js';

describe('onboarding an agent', () => {
  let site: Site;
  let admin: MusterApi;
  let window: Window;
  beforeAll(async () => {
    site = await Site.start();
    admin = await site.admin();
    await createTeam(admin, ['dashboard.view', 'inbox.read', 'inbox.reply'], { name: 'Support' });
    window = await site.openAsAdmin({ path: '/agents' });
  });
  afterAll(() => site.stop());

  const panel = () => window.page.getByRole('dialog');

  it('says everything that is missing or wrong, at the field it is about', async () => {
    await window.page.getByRole('button', { name: 'Create Agent', exact: true }).click();
    await panel().getByLabel('E-mail').fill('ana');
    await panel().getByLabel('WhatsApp phone').fill('0119');
    await panel().getByRole('button', { name: 'Create agent', exact: true }).click();
    for (const text of [
      'Enter the agent’s name',
      'Enter an e-mail address',
      'with + and country code',
      'linked to a team',
    ]) {
      await panel().getByText(text).last().waitFor();
    }
  });

  it('asks before it throws away what was typed, and gives the keyboard back where it was', async () => {
    const asks = panel().getByRole('alertdialog', { name: 'Discard what you have entered?' });
    await window.page.keyboard.press('Escape');
    await asks.getByRole('button', { name: 'Keep editing' }).click();
    expect(await panel().getByLabel('E-mail').inputValue()).toBe('ana');
    await window.page.mouse.click(20, 400);
    await asks.getByRole('button', { name: 'Discard' }).click();
    await panel().waitFor({ state: 'detached' });
    const create = window.page.getByRole('button', { name: 'Create Agent', exact: true });
    await create.and(window.page.locator(':focus')).waitFor();
    await window.page.keyboard.press('Enter');
    await panel().getByLabel('E-mail').waitFor();
  });

  it('shows what the team allows before the agent is put into it, and which country the number is of', async () => {
    await panel().getByLabel('Name').fill('Ana Souza');
    await panel().getByLabel('E-mail').fill('Ana.Souza@example.com');
    await panel().getByLabel('WhatsApp phone').fill('+55 11 91234-5678');
    await panel().getByText('Brazil').waitFor();
    await panel().getByRole('combobox', { name: 'Team' }).click();
    await window.page.getByRole('listbox').getByRole('option', { name: 'Support' }).click();
    await panel().getByTestId('team-rights').getByText('Answer customers').waitFor();
    await panel().getByLabel('Hide Phone').check({ force: true });
    await panel().getByLabel('Operational notes').fill('Night shift');
  });

  it('creates the agent, who chooses a password by the link and comes in', async () => {
    await panel().getByRole('button', { name: 'Create agent', exact: true }).click();
    const link = await panel().getByTestId('invitation').innerText();
    await panel().getByRole('button', { name: 'Done' }).click();
    await window.page.getByRole('rowheader').filter({ hasText: 'Ana Souza' }).waitFor();

    const theirs = await site.open({ path: link.slice(link.indexOf('/#')) });
    await theirs.page.locator('input[type=password]').nth(0).fill(PASSWORD);
    await theirs.page.locator('input[type=password]').nth(1).fill(PASSWORD);
    await theirs.page.locator('button[type=submit]').click();
    await signIn(theirs.page, 'ana.souza@example.com', PASSWORD);
    await theirs.page.getByRole('heading', { name: 'Floor' }).waitFor();
    await theirs.close();
    const [ana] = (await admin.agents.list({ q: 'ana.souza' })).data;
    expect(ana).toMatchObject({
      hidePhone: true,
      status: 'active',
      notes: 'Night shift',
      phone: '+5511912345678',
      team: { name: 'Support' },
    });
  });

  it('refuses an e-mail that somebody has, at its field', async () => {
    await window.page.getByRole('button', { name: 'Create Agent', exact: true }).click();
    await panel().getByLabel('Name').fill('Ana Two');
    await panel().getByLabel('E-mail').fill('ANA.SOUZA@example.com');
    await panel().getByLabel('WhatsApp phone').fill('+5511912345679');
    await panel().getByRole('combobox', { name: 'Team' }).click();
    await window.page.getByRole('listbox').getByRole('option', { name: 'Support' }).click();
    await panel().getByRole('button', { name: 'Create agent', exact: true }).click();
    await panel()
      .locator('.mantine-InputWrapper-error')
      .filter({ hasText: /e-mail/i })
      .waitFor();
    await panel().getByRole('button', { name: 'Cancel' }).click();
  });

  it('shows both sides when somebody else saved meanwhile, and loses neither', async () => {
    const [ana] = (await admin.agents.list({ q: 'ana.souza' })).data;
    await window.page.getByRole('button', { name: 'Edit Ana Souza' }).click();
    await admin.agents.update(ana?.id ?? '', { notes: 'Day shift', capacity: 9 });
    await panel().getByLabel('Operational notes').fill('Weekends');
    await panel().getByRole('button', { name: 'Save changes' }).click();
    const conflict = panel().getByTestId('conflict');
    await conflict.getByText('Day shift').waitFor();
    await conflict.getByText('Capacity: 9').waitFor();
    await panel().getByRole('button', { name: 'Save changes' }).click();
    await panel().waitFor({ state: 'detached' });
    expect(await admin.agents.get(ana?.id ?? '')).toMatchObject({ notes: 'Weekends', capacity: 9 });
  });

  it('syncs again when saved without a change', async () => {
    await window.page.getByRole('button', { name: 'Edit Ana Souza' }).click();
    await panel().getByRole('button', { name: 'Update agent (sync again)' }).click();
    await window.page.getByText('Ana Souza is synced with the blueprint').waitFor();
  });

  it('gives the keyboard back to the button whose menu opened a dialog, and to the switch that did', async () => {
    const { page } = window;
    const menu = page.getByRole('button', { name: 'More for Ana Souza' });
    await menu.press('Enter');
    await page.getByRole('menuitem', { name: 'Why can’t they log in?' }).press('Enter');
    await panel().getByLabel('The e-mail they use').waitFor();
    await page.keyboard.press('Escape');
    await panel().waitFor({ state: 'detached' });
    await menu.and(page.locator(':focus')).waitFor({ state: 'attached' });
    const active = page.getByRole('switch', { name: 'Ana Souza is active' });
    await active.press('Space');
    await page.getByTestId('offboard').waitFor();
    await page.keyboard.press('Escape');
    await panel().waitFor({ state: 'detached' });
    await active.and(page.locator(':focus')).waitFor({ state: 'attached' });
  });

  it('imports a file after showing what would come of it', async () => {
    await window.page.getByRole('button', { name: 'Import CSV' }).click();
    const rows = ['name,email,phone,team', 'Bo,bo@example.com,+5511912345670,Support', 'Cy,cy@example.com,123,Support'];
    const file = { name: 'agents.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) };
    await panel().locator('input[type=file]').setInputFiles(file);
    await panel().getByRole('button', { name: 'See what would happen' }).click();
    await panel().getByTestId('import-outcome').getByText('cy@example.com').waitFor();
    expect((await admin.agents.list({ q: 'bo@example.com' })).data).toEqual([]);
    await panel().getByRole('button', { name: 'Write 1 agent' }).click();
    await panel().getByText('This was written').waitFor();
    await panel().getByRole('button', { name: 'Close' }).last().click();
    await window.page.getByRole('rowheader').filter({ hasText: 'bo@example.com' }).waitFor();
  });

  it('lets go of who is selected when the filters change: nobody is changed unseen', async () => {
    const { page } = window;
    const selected = page.getByRole('region', { name: 'Selected agents' });
    await page.getByRole('checkbox', { name: 'Select Ana Souza' }).check();
    await selected.getByText('1 selected').waitFor();
    await page.getByRole('searchbox', { name: 'Find by name or e-mail' }).fill('bo@example');
    await page.getByRole('rowheader').filter({ hasText: 'Ana Souza' }).waitFor({ state: 'detached' });
    await selected.waitFor({ state: 'detached' });
    await page.getByRole('searchbox', { name: 'Find by name or e-mail' }).fill('');
    await page.getByRole('rowheader').filter({ hasText: 'Ana Souza' }).waitFor();
    expect(await selected.count()).toBe(0);
  });

  const saved = async (click: Promise<void>): Promise<string> => {
    const [download] = await Promise.all([window.page.waitForEvent('download'), click]);
    expect(download.suggestedFilename()).toMatch(/^muster-agents-\d{4}-\d\d-\d\d\.csv$/);
    return readFile(await download.path(), 'utf8');
  };

  it('exports what the filters show, on narrow screens from a menu, and says why when it can not', async () => {
    const { page } = window;
    await page.getByRole('searchbox', { name: 'Find by name or e-mail' }).fill('bo@example');
    await page.getByRole('rowheader').filter({ hasText: 'Ana Souza' }).waitFor({ state: 'detached' });
    const button = page.getByRole('button', { name: 'Export CSV' });
    const csv = await saved(button.click());
    expect(csv).toMatch(/"Bo","bo@example\.com"/);
    expect(csv).not.toContain('ana.souza');

    await page.setViewportSize({ width: 390, height: 844 });
    await button.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'More actions' }).press('Enter');
    const item = page.getByRole('menuitem', { name: 'Export CSV' });
    expect(await saved(item.press('Enter'))).toBe(csv);

    await page.setViewportSize({ width: 1280, height: 800 });
    await page.route('**/agents/export?*', (route) => route.abort());
    await button.click();
    await page.getByRole('alert').filter({ hasText: "can't be reached" }).waitFor();
    await page.unroute('**/agents/export?*');
    await page.getByRole('searchbox', { name: 'Find by name or e-mail' }).fill('');
  });

  it('offers no file to who may not read agents', async () => {
    const managers = await createTeam(admin, ['agents.manage'], { name: 'Managers' });
    const manager = await createAgent(admin, managers, { name: 'Max' });
    const theirs = await site.openAs(manager.email, PASSWORD, { path: '/agents' });
    await theirs.page.getByRole('button', { name: 'Import CSV' }).waitFor();
    expect(await theirs.page.getByRole('button', { name: 'Export CSV' }).count()).toBe(0);
    await theirs.close();
  });

  it('finds out why somebody cannot log in, and whom they may mean', async () => {
    await window.page.getByRole('button', { name: 'Why no login?' }).click();
    await panel().getByLabel('The e-mail they use').fill('ana.sousa@example.com');
    await panel().getByRole('button', { name: 'Look' }).click();
    await panel().getByTestId('diagnosis').getByText('A login fails now').waitFor();
    await panel().getByRole('button', { name: 'Ana Souza' }).click();
    await panel().getByText('A login with the right password succeeds').waitFor();
    await panel().getByRole('button', { name: 'Close' }).click();
  });

  it('comes back to where the list was', async () => {
    const { page } = window;
    const { data } = await admin.teams.list();
    const team = data.find(({ name }) => name === 'Support');
    if (!team) throw new Error('the team is there');
    for (let n = 0; n < 24; n += 1) {
      await createAgent(admin, team, { name: `Row ${String(n).padStart(2, '0')}`, email: `row-${n}@example.com` });
    }
    await page.reload();
    const list = page.getByRole('table', { name: 'Agents' });
    const top = () => page.evaluate<number>(`document.querySelector('[role=table]').scrollTop`);
    await list.getByRole('rowheader').first().waitFor();
    await list.hover();
    await page.mouse.wheel(0, 700);
    const row = list.getByRole('link', { name: 'Row 18' });
    await row.click();
    await page.getByRole('heading', { name: 'Row 18' }).waitFor();
    await page.goBack();
    await row.waitFor();
    expect(await eventually(top, (offset) => offset > 300)).toBeGreaterThan(300);
  });

  it('hides numbers and goes on from a phone, too', async () => {
    const { page } = window;
    await page.setViewportSize({ width: 360, height: 800 });
    await page.getByRole('searchbox', { name: 'Find by name or e-mail' }).fill('ana.souza');
    await page.getByRole('rowheader').filter({ hasText: 'Row 18' }).waitFor({ state: 'detached' });
    const hide = page.getByRole('switch', { name: 'Hide numbers from Ana Souza' });
    expect(await hide.isChecked()).toBe(true);
    await page.getByRole('row').getByText('Hide phone').last().waitFor();
    await hide.uncheck({ force: true });
    await eventually(
      async () => (await admin.agents.list({ q: 'ana.souza' })).data[0]?.hidePhone,
      (isHidden) => !isHidden,
    );
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('complained about nothing, and asked nobody else', () => {
    expect([window.complaints, window.outside]).toEqual([[], []]);
  });
});
