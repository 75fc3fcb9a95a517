/** Without a network, and where answers are lost: nothing is done later or twice, and everything says what became of it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Route } from 'playwright-core';
import type { AgentView, ConversationView, MusterApi, TeamView } from '#client';
import { createAgent, createTeam } from '../support/people.js';
import { Line } from '../support/whatsapp/line.js';
import { Site, type Window } from './support/site.js';

describe('without a network', () => {
  let site: Site;
  let admin: MusterApi;
  let team: TeamView;
  let line: Line;
  let window: Window;

  beforeAll(async () => {
    site = await Site.start();
    admin = await site.admin();
    team = await createTeam(admin, ['inbox.read', 'inbox.reply'], { name: 'Support' });
    line = await Line.connect(admin, site.url, team.id);
    window = await site.openAsAdmin({ path: '/agents' });
  });
  afterAll(async () => {
    await window.close();
    await line.api.stop();
    await site.stop();
  });

  afterEach(() => setOffline(false));

  const alert = (text: string | RegExp) => window.page.getByRole('alert').filter({ hasText: text });
  const setOffline = (isOffline: boolean) => window.page.context().setOffline(isOffline);

  /** There is a network again, and what is shown was read anew. */
  async function reconnect(): Promise<void> {
    const read = window.page.waitForResponse((response) => response.url().includes('/api/v1/'));
    await setOffline(false);
    await read;
  }

  describe('a write', () => {
    let zofia: AgentView;
    beforeAll(async () => {
      zofia = await createAgent(admin, team, { name: 'Zofia Nowak', hidePhone: true });
      await window.page.goto(`${site.url}/console/agents?q=Zofia`);
    });

    it('that fails after its dialog was closed says so all the same', async () => {
      await askToOffboard();
      let fail = (): void => undefined;
      await window.page.route(`**/agents/${zofia.id}`, (route) => {
        fail = () => void route.abort();
      });
      const asked = window.page.waitForRequest((request) => request.method() === 'PATCH');
      await window.page.getByRole('button', { name: 'Take all access away now' }).click();
      await asked;
      await window.page.keyboard.press('Escape');
      await window.page.getByRole('dialog').waitFor({ state: 'detached' });
      fail();
      await alert('That did not work').filter({ hasText: 'reached' }).waitFor();
      await window.page.unrouteAll();
    });

    it('is taken back with the reason, and not carried out later', async () => {
      const toggle = window.page.getByRole('switch', { name: 'Hide numbers from Zofia Nowak' });
      await toggle.and(window.page.locator(':checked')).waitFor();
      await setOffline(true);
      await toggle.press('Space');
      await alert('Zofia Nowak is as before').filter({ hasText: 'reached' }).waitFor();
      await toggle.and(window.page.locator(':checked')).waitFor();
      await reconnect();
      expect(await admin.agents.get(zofia.id)).toMatchObject({ hidePhone: true, version: zofia.version });
    });

    it('that takes access away says in its dialog that it did not', async () => {
      await askToOffboard();
      await setOffline(true);
      await window.page.getByRole('button', { name: 'Take all access away now' }).click();
      await window.page.getByTestId('offboard').getByRole('alert').filter({ hasText: 'reached' }).waitFor();
      await window.page.keyboard.press('Escape');
      await reconnect();
      expect(await admin.agents.get(zofia.id)).toMatchObject({ status: 'active', version: zofia.version });
    });

    async function askToOffboard(): Promise<void> {
      await window.page.getByRole('switch', { name: 'Zofia Nowak is active' }).press('Space');
      await window.page.getByRole('button', { name: 'Take all access away now' }).and(enabled()).waitFor();
    }
    const enabled = () => window.page.locator(':enabled');
  });

  it('a list that can’t be read says so, and is read when there is a network again', async () => {
    await window.page.goto(`${site.url}/console/inbox`);
    const list = window.page.getByRole('region', { name: 'Conversations' });
    await list.getByText('No conversations').waitFor();
    await setOffline(true);
    await list.getByRole('status').filter({ hasText: 'This may be old' }).waitFor();
    await list.getByRole('combobox', { name: 'Status' }).selectOption('resolved');
    await list.getByRole('alert').filter({ hasText: 'reached' }).waitFor();
    await setOffline(false);
    await list.getByText('No conversations').waitFor();
    expect(await list.getByRole('alert').count()).toBe(0);
  });

  describe('an answer', () => {
    let first: ConversationView;
    let second: ConversationView;
    beforeAll(async () => {
      first = await customer('Olena Moreira');
      second = await customer('Yusuf Santos');
      await window.page.goto(`${site.url}/console/inbox/${first.id}`);
    });

    async function customer(name: string): Promise<ConversationView> {
      const phone = Line.newPhone();
      await line.writes({ phone, name, text: 'Hello?' });
      return Line.conversationOf(admin, phone);
    }

    const chat = () => window.page.getByRole('region', { name: 'The chosen conversation' });
    const field = () => window.page.getByRole('textbox', { name: 'Your answer' });
    const underWay = () => chat().getByRole('status').filter({ hasText: 'being sent' });
    const go = (name: string) =>
      window.page.getByRole('region', { name: 'Conversations' }).getByRole('link', { name }).click();
    const onSending = (handle: (route: Route) => Promise<void>) =>
      window.page.route('**/messages', (route) =>
        route.request().method() === 'POST' ? handle(route) : route.continue(),
      );
    async function answers({ id }: ConversationView): Promise<(string | null)[]> {
      const { data } = await admin.messages.list(id);
      return data.filter(({ direction }) => direction === 'outbound').map(({ text }) => text);
    }

    it('whose receipt is lost goes out once, however often it is sent', async () => {
      await onSending(async (route) => {
        await route.fetch();
        await route.abort();
      });
      await field().fill('It is on its way');
      await field().press('Enter');
      await chat().getByRole('alert').filter({ hasText: 'Not known whether it was sent' }).waitFor();
      expect(await field().inputValue()).toBe('It is on its way');
      await window.page.unrouteAll();
      await field().press('Enter');
      await underWay().waitFor({ state: 'detached' });
      expect(await field().inputValue()).toBe('');
      expect(await chat().getByRole('alert').count()).toBe(0);
      expect(await answers(first)).toEqual(['It is on its way']);
    });

    it('under way is out of the field, which keeps what is typed meanwhile, also while another is looked at', async () => {
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      await onSending(async (route) => {
        await held;
        await route.continue();
      });
      await field().fill('Until tomorrow');
      await field().press('Enter');
      await underWay().filter({ hasText: 'Until tomorrow' }).waitFor();
      await field().pressSequentially('Or the day after');
      await field().press('Enter');
      await go('Yusuf Santos');
      await chat().getByRole('heading', { name: 'Yusuf Santos' }).waitFor();
      expect(await field().inputValue()).toBe('');
      expect(await underWay().count()).toBe(0);
      await go('Olena Moreira');
      await underWay().filter({ hasText: 'Until tomorrow' }).waitFor();
      expect(await field().inputValue()).toBe('Or the day after');
      await go('Yusuf Santos');
      release();
      await go('Olena Moreira');
      await chat().getByTestId('message').filter({ hasText: 'Until tomorrow' }).waitFor();
      await underWay().waitFor({ state: 'detached' });
      expect(await field().inputValue()).toBe('Or the day after');
      expect(await answers(first)).toEqual(['Until tomorrow', 'It is on its way']);
      expect(await answers(second)).toEqual([]);
      await window.page.unrouteAll();
    });

    it('that failed is back in the field, before what was typed since', async () => {
      let fail = (): void => undefined;
      const failing = new Promise<void>((resolve) => (fail = resolve));
      await onSending(async (route) => {
        await failing;
        await route.abort();
      });
      await field().fill('One');
      await field().press('Enter');
      await underWay().waitFor();
      await field().fill('Two');
      fail();
      await chat().getByRole('alert').filter({ hasText: 'Not known whether it was sent' }).waitFor();
      expect(await field().inputValue()).toBe('One\nTwo');
      await window.page.unrouteAll();
    });
  });

  it('complained about nothing', () => {
    expect([...window.complaints, ...window.outside]).toEqual([]);
  });
});
