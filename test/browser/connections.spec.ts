/** What is connected: keys, webhooks, numbers; and reports as files. Secrets are shown once. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MusterApi } from '#client';
import { createTeam } from '../support/people.js';
import { Site, type Window } from './support/site.js';

const URL = 'https://receiver.invalid/hook';

describe('connections and reports', () => {
  let site: Site;
  let admin: MusterApi;
  let window: Window;
  beforeAll(async () => {
    site = await Site.start();
    admin = await site.admin();
    await createTeam(admin, ['inbox.read', 'inbox.reply'], { name: 'Support' });
    window = await site.openAsAdmin({ path: '/connections?part=webhooks' });
  });
  afterAll(() => site.stop());

  const dialog = () => window.page.getByRole('dialog');
  const button = (name: string) => window.page.getByRole('button', { name, exact: true });
  const within = (name: string) => dialog().getByRole('button', { name, exact: true });

  it('makes a webhook of an address and events, and shows its secret once', async () => {
    await button('Create webhook').click();
    await dialog().getByLabel('Address').fill('http://receiver.invalid');
    await within('Create webhook').click();
    await dialog().getByText('begins with https://').waitFor();
    await dialog().getByText('Choose at least one event').waitFor();
    await dialog().getByLabel('Address').fill('https://name:secret@receiver.invalid/');
    await dialog().getByRole('checkbox', { name: 'Agent set inactive' }).check();
    await within('Create webhook').click();
    await dialog().getByText('Leave the name and the password out').waitFor();
    await dialog().getByLabel('Address').fill('https://10.0.0.1/hook');
    await within('Create webhook').click();
    await dialog().getByText('10.0.0.1 is not on the public internet').waitFor();
    await dialog().getByLabel('Address').fill(URL);
    await within('Create webhook').click();
    const secret = await dialog().getByTestId('secret').innerText();
    expect(secret).toMatch(/^whsec_/);
    await within('Done').click();
    await window.page.getByRole('heading', { name: URL }).waitFor();
    await window.page.getByText('Agent set inactive').waitFor();
    expect(await window.page.locator('body').innerText()).not.toContain(secret);
    expect((await admin.webhooks.list()).data).toMatchObject([{ url: URL, events: ['agent.deactivated'] }]);
  });

  it('sends a test, and says what became of it', async () => {
    await button('Send a test').click();
    await window.page.getByText('Deliveries', { exact: true }).click();
    const row = window.page.getByRole('row').filter({ hasText: 'webhook.test' });
    await row.getByText('name not found').waitFor();
  });

  it('gives a new secret, switches off, and deletes', async () => {
    await button('New secret').click();
    await within('New secret').click();
    expect(await dialog().getByTestId('secret').innerText()).toMatch(/^whsec_/);
    await within('Done').click();
    await window.page.getByText('The secret before signs too').waitFor();
    await window.page.getByRole('switch', { name: `${URL} is told of events` }).click({ force: true });
    await window.page.getByText('Switched off by hand').waitFor();
    await button(`Delete ${URL}`).click();
    await within('Delete webhook').click();
    await window.page.getByText('No webhooks').waitFor();
    expect((await admin.webhooks.list()).data).toEqual([]);
  });

  it('connects a WhatsApp number, whose token is never shown again', async () => {
    await window.page.getByRole('link', { name: 'WhatsApp numbers' }).click();
    await button('Connect number').click();
    await dialog().getByLabel('Phone number ID').fill('+351 912');
    await within('Save').click();
    await dialog().getByText('Enter a name').waitFor();
    await dialog().getByText('digits only').waitFor();
    await dialog().getByLabel('Name').fill('Main line');
    await dialog().getByLabel('Phone number ID').fill('15550783881');
    await dialog().locator('input[type=password]').fill('a-token-of-meta');
    await within('Save').click();
    await window.page.getByText('can send').waitFor();
    await button('Edit Main line').click();
    await dialog().getByText('One is stored').waitFor();
    expect(await dialog().locator('input[type=password]').inputValue()).toBe('');
    await window.page.keyboard.press('Escape');
    expect((await admin.channels.list()).data).toMatchObject([{ phoneNumberId: '15550783881', hasToken: true }]);
  });

  it('leads to the board of the queues', async () => {
    await window.page.getByRole('link', { name: 'Queues' }).click();
    expect(await window.page.getByRole('link', { name: 'Open the board' }).getAttribute('href')).toBe('/queues');
  });

  it('switches on that a team’s conversations are given out, after showing what that does', async () => {
    await window.page.goto(`${site.url}/console/teams`);
    await window.page.getByRole('link', { name: 'Support' }).click();
    await window.page.getByRole('heading', { name: 'Support' }).waitFor();
    await window.page.getByLabel('Capacity').fill('many');
    await window.page.getByText('whole number from 0 to 1000').waitFor();
    await window.page.getByLabel('Capacity').fill('7');
    await window.page.getByRole('switch', { name: 'Give its open conversations' }).click({ force: true });
    await window.page.getByLabel('their open conversations').selectOption('reassign');
    await button('Save for all agents').click();
    await window.page.getByTestId('save-bar').waitFor({ state: 'detached' });
    const [team] = (await admin.teams.list({ q: 'Support' })).data;
    expect(team).toMatchObject({ autoAssign: true, capacity: 7, releasePolicy: 'reassign' });
  });

  it('saves a report as the file that the API makes', async () => {
    const { data } = await admin.conversations.list();
    const { id } = data[0] ?? (await admin.conversations.create({ contact: { phone: '+351912345678' } }));
    const at = new Date().toISOString();
    await admin.interactions.report([{ id: 'one', conversationId: id, direction: 'inbound', at }]);
    await window.page.goto(`${site.url}/console/reports?range=hour`);
    const report = window.page.getByTestId('report-density');
    await report.getByRole('img', { name: '1 in all' }).waitFor();
    await report.getByText('As a table').click();
    expect(await report.locator('tbody tr').count()).toBe(1);
    const [file] = await Promise.all([
      window.page.waitForEvent('download'),
      window.page.getByRole('button', { name: 'Download CSV: Messages over time' }).click(),
    ]);
    expect((await readFile(await file.path(), 'utf8')).trim().split('\n')).toHaveLength(61);
    await window.page.getByLabel('Rows').selectOption('team');
    await window.page.getByTestId('report-presence').getByRole('row').filter({ hasText: 'Administrators' }).waitFor();
    expect([window.complaints, window.outside]).toEqual([[], []]);
    await window.close();
  });
});
