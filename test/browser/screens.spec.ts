/** All screens: accessible in both themes, in both directions, on all widths, without help from elsewhere. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgentView, ConversationView, MusterApi, TeamView } from '#client';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { violationsOf } from './support/axe.js';
import { Site, type Window } from './support/site.js';

const THEMES = ['light', 'dark'] as const;
const WIDTHS = [360, 1280, 3840];
const FIRST_ROUTE_LIMIT = 180_000;
/** How much wider the page is than its window, once it is drawn. */
const OVERFLOW = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() =>
  resolve(document.documentElement.scrollWidth - innerWidth))))`;
/** Address and size of every script, as it came over the wire. */
const SCRIPTS = `performance.getEntriesByType('resource')
  .filter(({ name }) => name.endsWith('.js'))
  .map(({ name, encodedBodySize }) => [name, encodedBodySize])`;

describe('every screen', () => {
  let site: Site;
  let admin: MusterApi;
  let team: TeamView;
  let agent: AgentView;
  let conversation: ConversationView;
  beforeAll(async () => {
    site = await Site.start();
    admin = await site.admin();
    team = await createTeam(admin, ['inbox.read', 'inbox.reply'], { name: 'Support', description: 'First line' });
    agent = await createAgent(admin, team, { name: 'Ana Souza', notes: 'Night shift' });
    await site.login(agent.email, PASSWORD);
    await createAgent(admin, team, { name: 'Bo', status: 'inactive', hidePhone: true });
    await admin.agents.update(agent.id, { hidePhone: true });
    await admin.thresholds.create({ name: 'Nobody there', kind: 'staffing', comparison: 'below', value: 1 });
    await admin.webhooks.create({ url: 'https://receiver.invalid/hook', events: ['agent.deactivated'] });
    await admin.channels.create({ name: 'Main line', phoneNumberId: '15550783881', teamId: team.id });
    conversation = await admin.conversations.create({ contact: { name: 'Olena', phone: '+351912345678' } });
    await admin.apiKeys.create({ name: 'CRM', permissions: ['audit.read'] });
  });
  afterAll(() => site.stop());

  const screens: [name: string, path: () => string, ready: (window: Window) => Promise<void>][] = [
    ['floor', () => '/floor', ({ page }) => page.locator('canvas').waitFor()],
    ['inbox', () => '/inbox', ({ page }) => page.getByTestId('left-out').waitFor({ state: 'attached' })],
    [
      'conversation',
      () => `/inbox/${conversation.id}`,
      ({ page }) => page.getByRole('log').getByRole('heading').waitFor(),
    ],
    ['alerts', () => '/alerts', ({ page }) => page.getByRole('switch').first().waitFor()],
    ['agents', () => '/agents', ({ page }) => page.getByRole('rowheader').first().waitFor()],
    ['agent', () => `/agents/${agent.id}`, ({ page }) => page.locator('ol li').first().waitFor()],
    [
      'history',
      () => `/agents/${agent.id}?tab=history`,
      async ({ page }) => {
        await page.getByTestId('presence-history').locator('svg').first().waitFor();
        await page.getByTestId('density-history').locator('.state').waitFor();
      },
    ],
    ['permissions', () => `/agents/${agent.id}?tab=permissions`, ({ page }) => page.locator('table').waitFor()],
    [
      'sessions',
      () => `/agents/${agent.id}?tab=sessions`,
      ({ page }) =>
        page
          .getByRole('button', { name: /^(End|إنهاء)$/ })
          .first()
          .waitFor(),
    ],
    ['receipts', () => `/agents/${agent.id}?tab=receipts`, ({ page }) => page.locator('details').first().waitFor()],
    ['teams', () => `/teams/${team.id}`, ({ page }) => page.getByRole('checkbox').first().waitFor()],
    [
      'reports',
      () => '/reports?range=hour',
      ({ page }) => page.getByTestId('report-presence').locator('table').waitFor(),
    ],
    ['audit', () => '/audit', ({ page }) => page.locator('details').first().waitFor()],
    [
      'webhooks',
      () => '/connections?part=webhooks',
      ({ page }) => page.getByRole('heading', { name: 'receiver' }).waitFor(),
    ],
    [
      'channels',
      () => '/connections?part=channels',
      ({ page }) => page.getByRole('heading', { name: 'Main line' }).waitFor(),
    ],
    ['queues', () => '/connections?part=queues', ({ page }) => page.locator('a[href="/queues"]').waitFor()],
    ['keys', () => '/connections', ({ page }) => page.getByRole('heading', { name: 'CRM' }).waitFor()],
    ['account', () => '/account', ({ page }) => page.getByTestId('own-rights').waitFor()],
    ['nowhere', () => '/nowhere', ({ page }) => page.locator('.state h1').waitFor()],
  ];

  describe('of an administrator', () => {
    let window: Window;
    beforeAll(async () => {
      window = await site.openAsAdmin();
    });
    afterAll(() => window.close());

    it.each(screens)('%s is accessible in both themes, and fits all widths', async (_name, path, ready) => {
      await go(window, path());
      await ready(window);
      for (const theme of THEMES) {
        await window.page.evaluate(`document.documentElement.dataset.mantineColorScheme = '${theme}'`);
        expect({ theme, violations: await violationsOf(window) }).toEqual({ theme, violations: [] });
      }
      expect(await overflows(window)).toEqual([]);
      expect([window.complaints, window.outside]).toEqual([[], []]);
    });
  });

  it.each(THEMES)('the login is accessible in %s', async (theme) => {
    const window = await site.open({ theme });
    expect(await violationsOf(window)).toEqual([]);
    expect(await overflows(window)).toEqual([]);
    await window.close();
  });

  it.each(THEMES)('its dialogs are accessible in %s', async (theme) => {
    const window = await site.openAsAdmin({ theme, path: '/agents' });
    const { page } = window;
    const close = () => page.keyboard.press('Escape');
    const found: string[] = [];
    for (const name of ['Create Agent', 'Import CSV', 'Why no login?', 'Edit Ana Souza']) {
      await page.getByRole('button', { name, exact: true }).click();
      await page
        .getByRole('dialog')
        .getByRole('textbox')
        .or(page.getByRole('dialog').locator('input[type=file]'))
        .first()
        .waitFor();
      found.push(...(await violationsOf(window)).map((violation) => `${name}: ${violation}`));
      await close();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByRole('switch', { name: 'Ana Souza is active' }).click({ force: true });
    await page.getByTestId('offboard').getByText('inbox.reply').waitFor();
    found.push(...(await violationsOf(window)));
    await close();
    await page.goto(`${site.url}/console/teams/${team.id}`);
    await page.getByRole('checkbox', { name: 'Read tasks' }).check();
    await page.getByTestId('save-bar').getByText('tasks.read').waitFor();
    found.push(...(await violationsOf(window)));
    expect(found).toEqual([]);
    expect(window.complaints).toEqual([]);
    await window.close();
  });

  it('runs from right to left in Arabic, and speaks it', async () => {
    const window = await site.openAsAdmin({ language: 'ar' });
    for (const [name, path, ready] of screens) {
      await go(window, path());
      await ready(window);
      const overflow = await window.page.evaluate<number>(OVERFLOW);
      expect({ name, overflow: Math.max(0, overflow) }).toEqual({ name, overflow: 0 });
    }
    const [rail, screen] = [window.page.getByRole('navigation').first(), window.page.locator('#screen')];
    const [railBox, screenBox] = [await rail.boundingBox(), await screen.boundingBox()];
    expect(railBox?.x ?? 0).toBeGreaterThan(screenBox?.x ?? Infinity);
    expect(await window.page.locator('html').getAttribute('lang')).toBe('ar');
    await window.page.getByRole('link', { name: 'الوكلاء', exact: true }).waitFor();
    expect(await violationsOf(window)).toEqual([]);
    await window.close();
  });

  it('keeps the rest when a screen or a dialog can not be fetched, and shows it when it can be again', async () => {
    const window = await site.openAsAdmin({ path: '/agents' });
    const { page } = window;
    const links = page.getByRole('navigation', { name: 'Screens' });
    const failure = page.getByTestId('part-failure');
    await page.getByRole('rowheader').first().waitFor();

    await page.context().setOffline(true);
    await links.getByRole('link', { name: 'Reports' }).click();
    await failure.getByText('Muster can’t be reached').waitFor();
    expect(await page.getByRole('button', { name: 'Load it again' }).count()).toBe(0);
    await failure.getByRole('button', { name: 'Try again' }).click();
    await failure.getByText('Muster can’t be reached').waitFor();
    await links.getByRole('link', { name: 'Agents' }).click();
    const create = page.getByRole('button', { name: 'Create Agent', exact: true });
    await create.click();
    await page.getByRole('dialog').getByText('Muster can’t be reached').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await create.click();
    await page.getByRole('dialog').getByText('Muster can’t be reached').waitFor();

    await page.context().setOffline(false);
    await page.getByRole('dialog').getByLabel('WhatsApp phone').waitFor();
    expect(await unstyled(window)).toBe(0);
    await page.keyboard.press('Escape');
    await links.getByRole('link', { name: 'Reports' }).click();
    await page.getByTestId('report-presence').locator('table').waitFor();
    await window.close();
  });

  it.each(['js', 'css'])('offers a newer page when the server does not have a screen’s %s any more', async (kind) => {
    const window = await site.openAsAdmin({ path: '/agents' });
    const { page } = window;
    const link = page.getByRole('link', { name: 'Connections' });
    await page.route(`**/assets/connections-page*.${kind}`, (route) => route.fulfill({ status: 404 }));
    await link.click();
    const failure = page.getByTestId('part-failure');
    await failure.getByText('it was probably updated').waitFor();
    await page.unroute(`**/assets/connections-page*.${kind}`);
    await failure.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'CRM' }).waitFor();
    expect(await unstyled(window)).toBe(0);
    await window.close();
  });

  it('holds names without a space', async () => {
    const name = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(3).slice(0, 90);
    const { id } = await createAgent(admin, team, { name, email: 'wolfe@example.com' });
    const window = await site.openAsAdmin({ path: `/agents/${id}` });
    const { page } = window;
    await page.locator('ol li').first().waitFor();
    expect(await overflows(window)).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('dialog').getByLabel('WhatsApp phone').waitFor();
    const cut = `(() => {
      const panel = document.querySelector('[role=dialog]');
      return [panel, panel.querySelector('.mantine-Drawer-title')].some((one) => one.scrollWidth > one.clientWidth + 1);
    })()`;
    expect(await page.evaluate<boolean>(cut)).toBe(false);
    await window.close();
    await admin.agents.delete(id);
  });

  it('says that a list is old when it can not be read again, and takes back what was not done', async () => {
    const window = await site.openAsAdmin({ path: '/agents' });
    const { page } = window;
    const hide = page.getByRole('switch', { name: 'Hide numbers from Bo' });
    await hide.waitFor();
    await page.route('**/api/v1/agents**', (route) => route.abort());
    await page.route('**/api/v1/agents/**', (route) => route.abort());
    await hide.click({ force: true });
    const old = page.getByRole('alert').filter({ hasText: 'they could not be read again' });
    await old.waitFor();
    expect(await hide.isChecked()).toBe(true);
    await page.unrouteAll();
    await old.getByRole('button', { name: 'Try again' }).click();
    await old.waitFor({ state: 'detached' });
    await window.close();
  });

  it('says what was not done where it covers no button of the page', async () => {
    const window = await site.openAsAdmin({ path: '/agents', width: 1440, height: 900 });
    const { page } = window;
    await page.route('**/agents/export*', (route) => route.abort());
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const notice = page.getByRole('alert').filter({ hasText: "can't be reached" });
    await notice.waitFor();
    await go(window, `/teams/${team.id}`);
    await page.getByRole('checkbox', { name: 'Read tasks' }).check();
    const bar = page.getByTestId('save-bar');
    await bar.getByText('tasks.read').waitFor();
    await notice.waitFor();
    const covered = `(() => {
      const { left, right, top, bottom } = document.querySelector('.mantine-Notification-root').getBoundingClientRect();
      return [...document.querySelectorAll('#screen :is(button, a, input, select, textarea)')]
        .filter((one) => one.checkVisibility())
        .filter((one) => {
          const box = one.getBoundingClientRect();
          const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
          return x > left && x < right && y > top && y < bottom;
        })
        .map((one) => one.outerHTML);
    })()`;
    expect(await page.evaluate<string[]>(covered)).toEqual([]);
    await window.close();
  });

  it('reaches its first route with little JavaScript', async () => {
    const window = await site.openAsAdmin({ path: '/floor' });
    await window.page.locator('canvas').waitFor();
    const sizes = new Map(await window.page.evaluate<[string, number][]>(SCRIPTS));
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThanOrEqual(FIRST_ROUTE_LIMIT);
    await window.close();
  });
});

/** Goes to another screen as a link does: the console isn't loaded again. */
async function go({ page }: Window, path: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', '/console${path}'); dispatchEvent(new PopStateEvent('popstate'))`);
}

/** How many style sheets of the page are not there. */
function unstyled({ page }: Window): Promise<number> {
  return page.evaluate<number>(
    `[...document.querySelectorAll('link[rel=stylesheet]')].filter((one) => !one.sheet).length`,
  );
}

/** At which widths something sticks out, and how far. */
async function overflows({ page }: Window): Promise<string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const overflow = await page.evaluate<number>(OVERFLOW);
    if (overflow > 0) found.push(`${overflow} px at ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return found;
}
