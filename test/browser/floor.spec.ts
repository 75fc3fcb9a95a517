/** The floor: true, and honest about when it isn't. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectInbox, type MusterApi } from '#client';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { eventually } from '../support/eventually.js';
import { Site, type Window } from './support/site.js';

describe('the floor', () => {
  let site: Site;
  let admin: MusterApi;
  let window: Window;
  beforeAll(async () => {
    site = await Site.start();
    admin = await site.admin();
    const support = await createTeam(admin, ['inbox.read', 'inbox.reply'], { name: 'Support' });
    const sales = await createTeam(admin, ['inbox.read', 'inbox.reply'], { name: 'Sales' });
    for (const name of ['Ana', 'Bo', 'Cy']) await createAgent(admin, support, { name, email: `${name}@example.com` });
    await createAgent(admin, sales, { name: 'Di' });
    window = await site.openAsAdmin({ path: '/floor' });
    await window.page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  });
  afterAll(() => site.stop());

  const rows = () => window.page.locator('table tbody th');
  const names = async () => (await rows().allInnerTexts()).sort();

  it('lists everybody for those who do not see the canvas, and finds them', async () => {
    expect(await eventually(names, (found) => found.length === 5)).toEqual(['Administrator', 'Ana', 'Bo', 'Cy', 'Di']);
    await window.page.getByRole('searchbox').fill('sales');
    expect(await eventually(names, (found) => found.length === 1)).toEqual(['Di']);
    expect(window.page.url()).toContain('q=sales');
    await window.page.getByRole('searchbox').fill('');
    await eventually(names, (found) => found.length === 5);
  });

  it('is drawn, and led through by the keyboard', async () => {
    const looksPainted = `(() => {
      const canvas = document.querySelector('canvas');
      return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value !== 0);
    })()`;
    const painted = () => window.page.evaluate<boolean>(looksPainted);
    expect(await eventually(painted, Boolean)).toBe(true);
    await window.page.getByTestId('wall').focus();
    await window.page.keyboard.press('ArrowRight');
    const inspector = window.page.getByTestId('inspector');
    const first = await inspector.getByRole('heading').innerText();
    await window.page.keyboard.press('ArrowDown');
    await eventually(
      () => inspector.getByRole('heading').innerText(),
      (name) => name !== first,
    );
    await window.page.keyboard.press('Escape');
    await inspector.waitFor({ state: 'detached' });
  });

  it('shows who comes, at once', async () => {
    const ana = await site.login('ana@example.com', PASSWORD);
    const inbox = connectInbox(ana);
    await inbox.setPresence('available');
    await window.page.getByRole('button', { name: 'available' }).filter({ hasText: '1' }).waitFor();
    inbox.close();
    await window.page.getByRole('button', { name: 'available' }).filter({ hasText: '0' }).waitFor();
  });

  it('says when a limit is crossed, and that it no longer is', async () => {
    await window.page.getByRole('link', { name: 'Alerts' }).first().click();
    await window.page.getByRole('button', { name: 'Create threshold' }).click();
    const dialog = window.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Enter a name.').waitFor();
    await dialog.getByLabel('Name').fill('Nobody there');
    await dialog.getByRole('combobox', { name: 'What is measured' }).click();
    await window.page.getByRole('option', { name: 'available agents' }).click();
    await dialog.getByRole('combobox', { name: 'Crossed when' }).click();
    await window.page.getByRole('option', { name: 'below' }).click();
    await dialog.getByLabel('Value').fill('1');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const open = window.page.getByTestId('open-alerts');
    await open.getByText('Nobody there').waitFor();
    await window.page.getByRole('button', { name: 'Delete Nobody there' }).click();
    await open.getByText('No limit is crossed').waitFor();
    await window.page.getByRole('link', { name: 'Floor' }).click();
    await window.page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  });

  it('fills a screen on the wall in TV mode, and Escape leaves it', async () => {
    await window.page.getByRole('button', { name: 'TV mode' }).click();
    await window.page.getByRole('navigation', { name: 'Screens' }).waitFor({ state: 'hidden' });
    await window.page.keyboard.press('Escape');
    await window.page.getByRole('navigation', { name: 'Screens' }).waitFor();
  });

  it('can leave TV mode by touch on a phone', async () => {
    const phone = await site.openAsAdmin({ path: '/floor?tv=on', width: 390, height: 844 });
    await phone.page.getByRole('button', { name: 'Leave TV mode' }).click();
    await phone.page.getByRole('navigation', { name: 'Screens' }).waitFor();
    await phone.close();
  });

  it('says that it is stale while the server is gone, changes nothing meanwhile, and is live again after', async () => {
    const before = await names();
    await site.crash();
    await window.page.getByRole('status').filter({ hasText: 'Resuming' }).waitFor();
    await window.page.getByRole('alert').filter({ hasText: 'The connection is lost' }).waitFor();
    const asOf = await window.page.getByTestId('as-of').innerText();
    expect(asOf).toMatch(/\d+ s ago/);
    expect(await names()).toEqual(before);
    await site.restart();
    await window.page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await window.page.getByRole('alert').waitFor({ state: 'detached' });
    expect(await names()).toEqual(before);
    expect(window.complaints).toEqual([]);
  });
});
