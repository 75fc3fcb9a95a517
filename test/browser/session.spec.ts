/** Who comes in, who doesn't, and what one sees when it ends. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN } from '../support/nodes.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { signIn, Site } from './support/site.js';

describe('the session in the console', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.start();
  });
  afterAll(() => site.stop());

  it('says that e-mail or password is wrong, and lets the right ones in', async () => {
    const { page, close, complaints } = await site.open();
    await page.locator('input[name=email]').fill(ADMIN.email);
    await page.locator('input[name=password]').fill('not-the-password');
    await page.locator('button[type=submit]').click();
    await page
      .getByRole('alert')
      .filter({ hasText: /password/i })
      .waitFor();
    await signIn(page, ADMIN.email, ADMIN.password);
    await page.getByRole('heading', { name: 'Floor' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('lets an invited agent choose a password, which must be long enough and typed twice alike', async () => {
    const admin = await site.admin();
    const team = await createTeam(admin, ['dashboard.view']);
    const agent = await admin.agents.create({
      name: 'Iva',
      email: 'iva@example.com',
      phone: '+5511912345678',
      teamId: team.id,
    });
    const { page, close } = await site.open({ path: `/#invitation=${agent.invitation?.token ?? ''}` });
    const [first, second] = [page.locator('input[type=password]').nth(0), page.locator('input[type=password]').nth(1)];
    await first.fill('short');
    await page.locator('button[type=submit]').click();
    await page.getByRole('alert').filter({ hasText: 'at least 10' }).waitFor();
    await first.fill(PASSWORD);
    await second.fill(`${PASSWORD}x`);
    await page.locator('button[type=submit]').click();
    await page.getByRole('alert').filter({ hasText: 'not the same' }).waitFor();
    expect(page.url()).not.toContain('invitation');
    await second.fill(PASSWORD);
    await page.locator('button[type=submit]').click();
    await page.getByText('Your password is set').waitFor();
    await signIn(page, 'iva@example.com', PASSWORD);
    await page.getByRole('heading', { name: 'Floor' }).waitFor();
    await close();
  });

  it('leads on from a link that is of no use any more', async () => {
    const { page, close } = await site.open({ path: '/#invitation=nothing' });
    await page.locator('input[type=password]').nth(0).fill(PASSWORD);
    await page.locator('input[type=password]').nth(1).fill(PASSWORD);
    await page.locator('button[type=submit]').click();
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
    await page.getByRole('button', { name: 'Back to signing in' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await close();
  });

  it('has no module that the team may not see, and a plain page for its address', async () => {
    const admin = await site.admin();
    const agent = await createAgent(admin, await createTeam(admin, ['agents.read']));
    const { page, close } = await site.openAs(agent.email, PASSWORD, { path: '/teams' });
    await page.getByTestId('no-permission').waitFor();
    const links = await page.getByRole('navigation', { name: 'Screens' }).getByRole('listitem').allInnerTexts();
    expect(links).toEqual(['Agents']);
    await page.getByRole('link', { name: 'Go to where you can work' }).click();
    await page.getByRole('table', { name: 'Agents' }).waitFor();
    expect(await page.getByRole('button', { name: 'Create Agent' }).count()).toBe(0);
    await close();
  });

  it('ends in all tabs with the same reason when the server ends it', async () => {
    const { page, close } = await site.openAsAdmin({ path: '/agents' });
    const other = await page.context().newPage();
    await other.goto(`${site.url}/console/audit`);
    await other.locator('#screen h1').waitFor();
    const admin = await site.admin();
    const { data } = await admin.sessions.list({ limit: 100 });
    for (const { id, current } of data) if (!current) await admin.sessions.end(id);
    for (const tab of [page, other]) await tab.locator('[data-code=session_revoked]').waitFor();
    await close();
  });

  it('says in the other tab, too, why its tokens are refused', async () => {
    const { page, close } = await site.openAsAdmin({ path: '/account' });
    const other = await page.context().newPage();
    await other.goto(`${site.url}/console/account`);
    await other.getByTestId('own-rights').waitFor();
    // Only one of them asks; the other hears of it by what is kept in the browser.
    await other.route('**/api/v1/**', (route) => route.abort());
    await other.evaluate(`window.stop()`);
    await page.evaluate(`(() => {
      const kept = JSON.parse(localStorage.getItem('muster.session'));
      localStorage.setItem('muster.session', JSON.stringify({ ...kept, refreshToken: 'refused', renewAt: 0 }));
    })()`);
    for (const tab of [page, other]) await tab.getByRole('alert').filter({ hasText: 'ended' }).waitFor();
    await close();
  });

  it('ends in all tabs when one signs out', async () => {
    const { page, close } = await site.openAsAdmin();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.locator('#screen h1').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
    await close();
  });
});
