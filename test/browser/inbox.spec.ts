/** The inbox, as agents and supervisors use it: what comes is pushed, what is refused says why. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import type { AgentView, ConversationView, MusterApi, TeamView } from '#client';
import { eventually } from '../support/eventually.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { Line } from '../support/whatsapp/line.js';
import { violationsOf } from './support/axe.js';
import { Site, type Window } from './support/site.js';

const DAY_MS = 24 * 3_600_000;

type Box = { x: number; y: number; width: number; height: number };

async function boxOf(one: Locator): Promise<Box> {
  const box = await one.boundingBox();
  if (!box) throw new Error('it is not in sight');
  return box;
}

function areApart(a: Box, b: Box): boolean {
  return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
}

describe('the inbox', () => {
  let site: Site;
  let admin: MusterApi;
  let team: TeamView;
  let ana: AgentView;
  let line: Line;
  let theirs: Window;
  let mine: Window;
  let phone: string;
  let conversation: ConversationView;

  beforeAll(async () => {
    site = await Site.start();
    admin = await site.admin();
    team = await createTeam(admin, ['inbox.read', 'inbox.reply'], { name: 'Support', capacity: 1 });
    ana = await createAgent(admin, team, { name: 'Ana Souza' });
    await createAgent(admin, team, { name: 'Bo Lin' });
    line = await Line.connect(admin, site.url, team.id);
    ({ phone, conversation } = await customer('Olena Moreira', 'Where is order 4711?'));
    theirs = await site.openAs(ana.email, PASSWORD);
    mine = await site.openAsAdmin({ path: `/inbox/${conversation.id}` });
  });
  afterAll(async () => {
    await line.api.stop();
    await site.stop();
  });

  async function customer(name: string, text: string, at = Date.now()) {
    const number = Line.newPhone();
    await line.writes({ phone: number, name, text, at });
    return { phone: number, conversation: await Line.conversationOf(admin, number) };
  }

  const chats = ({ page }: Window) => page.getByRole('region', { name: 'Conversations' });
  const chat = ({ page }: Window) => page.getByRole('region', { name: 'The chosen conversation' });
  const said = (window: Window) => window.page.getByTestId('message');
  const assignable = ({ page }: Window) => page.getByTestId('assignable');
  const click = (window: Window, name: string) => chat(window).getByRole('button', { name, exact: true }).click();

  it('is where an agent begins, whose window makes them connected, and who says when they want work', async () => {
    await theirs.page.getByRole('heading', { name: 'Inbox' }).waitFor();
    await mine.page.getByTestId('left-out').getByText('away').waitFor();
    await theirs.page.getByRole('status').filter({ hasText: 'Live' }).first().waitFor();
    await theirs.page.getByRole('group', { name: 'Your availability' }).getByText('available').click();
    await assignable(mine).getByText('Ana Souza').waitFor();
    expect((await admin.agents.get(ana.id)).presence.state).toBe('available');
    await theirs.page.locator('.own-presence.shape-available').waitFor();
  });

  it('tells supervisors who is left out, and why', async () => {
    await mine.page.getByTestId('left-out').getByText('offline').click();
    await mine.page.getByTestId('left-out').getByRole('link', { name: 'Bo Lin' }).waitFor();
    expect(await theirs.page.getByTestId('left-out').count()).toBe(0);
    await theirs.page.getByText('Why others are left out is shown').waitFor();
  });

  it('has a queue of what nobody has, from which a supervisor gives to an agent, who sees it at once', async () => {
    await chats(theirs).getByRole('button', { name: 'Queue' }).click();
    await chats(theirs).getByRole('link', { name: 'Olena Moreira' }).waitFor();
    await chats(theirs).getByRole('button', { name: 'Mine' }).click();
    await chats(theirs).getByText('You have none').waitFor();
    const asked: string[] = [];
    mine.page.on('request', (request) => request.url().endsWith('/assign') && asked.push(request.url()));
    await mine.page.getByRole('button', { name: 'Assign to Ana Souza' }).dblclick();
    await chat(mine).getByText('Ana Souza has it').waitFor();
    expect(asked).toHaveLength(1);
    await chats(theirs).getByRole('link', { name: 'Olena Moreira' }).click();
    await said(theirs).getByText('Where is order 4711?').waitFor();
    await chat(theirs).getByText('answers free for 23h').waitFor();
    expect(await theirs.page.getByTestId('phone').innerText()).toBe(phone);
  });

  it('says why nobody can take another', async () => {
    await assignable(mine).getByText('Ana Souza').waitFor({ state: 'detached' });
    await mine.page.getByTestId('left-out').getByText('at capacity').waitFor();
    const next = await customer('Yusuf Santos', 'Hello?');
    await chats(mine).getByRole('link', { name: 'Yusuf Santos' }).click();
    await said(mine).getByText('Hello?').waitFor();
    await click(mine, 'To the least loaded');
    await chat(mine)
      .getByRole('alert')
      .filter({ hasText: /at capacity/ })
      .waitFor();
    expect((await admin.conversations.get(next.conversation.id)).assignee).toBeNull();
  });

  it('sends an answer and shows how far it comes; what the customer writes is there without asking', async () => {
    const answer = theirs.page.getByRole('textbox', { name: 'Your answer' });
    const sent = line.nextTaken();
    await answer.fill('It is on its way');
    await answer.press('Enter');
    await said(theirs).filter({ hasText: 'It is on its way' }).getByText('sent').waitFor();
    expect(await answer.inputValue()).toBe('');
    await line.reports(await sent, 'read');
    await said(theirs).filter({ hasText: 'It is on its way' }).getByText('read').waitFor();
    await line.writes({ phone, name: 'Olena Moreira', text: 'Thank you!' });
    await said(theirs).getByText('Thank you!').waitFor();
  });

  it('shows why an answer failed, at the answer', async () => {
    const answer = theirs.page.getByRole('textbox', { name: 'Your answer' });
    const sent = line.nextTaken();
    await answer.fill('Is it there?');
    await theirs.page.getByRole('button', { name: 'Send' }).click();
    await line.reports(await sent, 'failed', [{ code: 131026 }]);
    await said(theirs).filter({ hasText: 'Is it there?' }).getByText('(131026)').waitFor();
  });

  it('takes no answer when the 24 hours are over, and none in what one does not have', async () => {
    const late = await customer('Late Customer', 'Long ago', Date.now() - DAY_MS - 60_000);
    await chats(theirs).getByRole('button', { name: 'All' }).click();
    await chats(theirs).getByRole('link', { name: 'Late Customer' }).click();
    await chat(theirs).getByText('24 hours are over').waitFor();
    await chat(theirs).getByText('Take it to answer').waitFor();
    await click(theirs, 'Take it');
    await chat(theirs)
      .getByRole('alert')
      .filter({ hasText: /at capacity/ })
      .waitFor();
    await mine.page.goto(`${site.url}/console/inbox/${late.conversation.id}`);
    await chat(mine).getByText('only template messages').waitFor();
  });

  it('hands over to a team, takes back, resolves and reopens', async () => {
    const other = await createTeam(admin, ['inbox.read', 'inbox.reply'], { name: 'Sales' });
    await mine.page.goto(`${site.url}/console/inbox/${conversation.id}`);
    await click(mine, 'To a team…');
    await mine.page.getByRole('menuitem', { name: 'Sales' }).click();
    await chat(mine).getByText('Nobody has it · Sales').waitFor();
    expect(await admin.conversations.get(conversation.id)).toMatchObject({ team: { id: other.id }, assignee: null });
    await click(mine, 'Resolve');
    await chat(mine).getByText('It is resolved').waitFor();
    await click(mine, 'Reopen');
    await chat(mine).getByText('It is resolved').waitFor({ state: 'detached' });
    await assignable(mine).getByText('Ana Souza').waitFor();
    await click(mine, 'Take it');
    // An administrator who has not said to be available is no exception.
    await chat(mine).getByRole('alert').filter({ hasText: /away/ }).waitFor();
  });

  it('opens a conversation with a number, and says at the field what is wrong with it', async () => {
    await mine.page.getByRole('button', { name: 'New conversation' }).click();
    const dialog = mine.page.getByRole('dialog');
    const number = dialog.getByRole('textbox', { name: 'WhatsApp phone' });
    const open = () => dialog.getByRole('button', { name: 'Open conversation' }).click();
    const told = () => number.and(mine.page.locator('[aria-invalid=true]')).waitFor();
    await open();
    await told();
    await number.fill('+351 912 345 678');
    await dialog.getByText('Read as a number of Portugal').waitFor();
    await number.fill('+999123456789');
    await open();
    await told();
    await dialog.getByText('Give the number with + and country code').waitFor();
    await number.fill('+351 912 345 678');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Rui Costa');
    await dialog.getByRole('combobox', { name: 'Team' }).click();
    await mine.page.getByRole('listbox', { name: 'Team' }).getByRole('option', { name: 'Support' }).click();
    await open();
    await chat(mine).getByRole('heading', { name: 'Rui Costa' }).waitFor();
    expect(await mine.page.getByTestId('phone').innerText()).toBe('+351912345678');
    await chat(mine).getByText('not written yet', { exact: true }).waitFor();
    await chat(mine).getByText('The customer has not written yet').waitFor();
    expect(await Line.conversationOf(admin, '+351912345678')).toMatchObject({
      team: { id: team.id },
      contact: { name: 'Rui Costa' },
      assignee: null,
    });
  });

  describe('the customer', () => {
    let rosa: ConversationView;
    beforeAll(async () => {
      ({ conversation: rosa } = await customer('Rosa Prado', 'I live at 5 Elm Street'));
      await admin.conversations.assign(rosa.id, { agentId: ana.id });
      await chats(theirs).getByRole('button', { name: 'Mine' }).click();
      await chats(theirs).getByRole('link', { name: 'Rosa Prado' }).click();
      await mine.page.goto(`${site.url}/console/inbox/${rosa.id}`);
    });

    const menu = (window: Window) => chat(window).getByRole('button', { name: 'More about the customer' });
    const item = ({ page }: Window, name: string) => page.getByRole('menuitem', { name });
    const dialog = () => mine.page.getByRole('dialog');
    const focused = () => mine.page.evaluate<string | null>('document.activeElement.getAttribute("aria-label")');
    async function choose(name: string): Promise<void> {
      await menu(mine).press('Enter');
      await item(mine, 'Rename customer…').and(mine.page.locator(':focus')).waitFor();
      await item(mine, name).press('Enter');
      await dialog().waitFor();
    }

    it('is named by the keyboard alone, with what is wrong at the field; others see it', async () => {
      await choose('Rename customer…');
      const name = dialog().getByRole('textbox', { name: 'Name' });
      expect(await name.inputValue()).toBe('Rosa Prado');
      await name.fill('x'.repeat(201));
      await name.press('Enter');
      await dialog().getByText('up to 200 characters').waitFor();
      await name.and(mine.page.locator('[aria-invalid=true]')).waitFor();
      expect(await violationsOf(mine)).toEqual([]);
      await name.fill('Rosa do Prado');
      await name.press('Enter');
      await dialog().waitFor({ state: 'detached' });
      expect(await focused()).toBe('More about the customer');
      await chat(mine).getByRole('heading', { name: 'Rosa do Prado' }).waitFor();
      await chats(mine).getByRole('link', { name: 'Rosa do Prado' }).waitFor();
      await chat(theirs).getByRole('heading', { name: 'Rosa do Prado' }).waitFor();
      await chats(theirs).getByRole('link', { name: 'Rosa do Prado' }).waitFor();
    });

    it('is named once, however often one clicks', async () => {
      const named: string[] = [];
      mine.page.on('request', (request) => request.method() === 'PATCH' && named.push(request.url()));
      await choose('Rename customer…');
      await dialog().getByRole('textbox', { name: 'Name' }).fill('Rosa P');
      await dialog().getByRole('button', { name: 'Save name' }).dblclick();
      await dialog().waitFor({ state: 'detached' });
      expect(named).toHaveLength(1);
    });

    it('may have a long name: all of the conversation stays in sight, and erasing asks for a word', async () => {
      await admin.contacts.update(rosa.contact.id, { name: 'Wolfeschlegelsteinhausenbergerdorff'.repeat(3) });
      await chat(mine).getByRole('heading', { name: 'Wolfeschlegel' }).waitFor();
      for (const width of [1440, 390, 360]) {
        await mine.page.setViewportSize({ width, height: 800 });
        const card = await boxOf(chat(mine));
        for (const one of [menu(mine), chat(mine).getByText('answers free')]) {
          const { x, width: wide } = await boxOf(one);
          expect(x).toBeGreaterThanOrEqual(card.x);
          expect(x + wide).toBeLessThanOrEqual(card.x + card.width);
        }
        expect(areApart(await boxOf(mine.page.getByTestId('phone')), await boxOf(chat(mine).getByText('free')))).toBe(
          true,
        );
      }
      await mine.page.setViewportSize({ width: 1280, height: 800 });
      await choose('Erase customer…');
      await dialog().getByRole('textbox', { name: 'Type erase to confirm' }).waitFor();
      await mine.page.keyboard.press('Escape');
      await dialog().waitFor({ state: 'detached' });
      await admin.contacts.update(rosa.contact.id, { name: 'Rosa do Prado' });
      await chat(mine).getByRole('heading', { name: 'Rosa do Prado' }).waitFor();
    });

    it('offers each only what they may', async () => {
      expect(await menu(theirs).count()).toBe(0);
      await admin.teams.update(team.id, { permissions: ['inbox.read', 'inbox.reply', 'contacts.edit'] });
      await menu(theirs).click();
      await item(theirs, 'Rename customer…').waitFor();
      expect(await item(theirs, 'Erase customer…').count()).toBe(0);
      await menu(mine).click();
      await item(mine, 'Erase customer…').waitFor();
      expect(await violationsOf(mine)).toEqual([]);
      await mine.page.keyboard.press('Escape');
      await theirs.page.keyboard.press('Escape');
    });

    it('is erased only by typing the name; what was said is gone from every window', async () => {
      await said(theirs).getByText('5 Elm Street').waitFor();
      await choose('Erase customer…');
      const confirm = dialog().getByRole('textbox', { name: 'Type Rosa do Prado to confirm' });
      const erase = dialog().getByRole('button', { name: 'Erase customer' });
      await confirm.fill('Rosa');
      await confirm.press('Enter');
      expect(await erase.isDisabled()).toBe(true);
      expect(await violationsOf(mine)).toEqual([]);
      await mine.page.keyboard.press('Escape');
      await dialog().waitFor({ state: 'detached' });
      expect(await focused()).toBe('More about the customer');

      await choose('Erase customer…');
      await mine.page.route('**/contacts/*', (route) => route.abort());
      await confirm.fill('rosa do prado');
      await erase.click();
      await dialog().getByRole('alert').filter({ hasText: 'reached' }).waitFor();
      await mine.page.unroute('**/contacts/*');
      expect((await admin.contacts.get(rosa.contact.id)).erasedAt).toBeNull();
      await confirm.press('Enter');
      await mine.page.getByText('Conversations emptied: 1; messages: 1.').waitFor();
      for (const window of [mine, theirs]) {
        await chat(window).getByRole('heading', { name: 'Unknown customer' }).waitFor();
        await said(window).getByText('5 Elm Street').waitFor({ state: 'detached' });
        await said(window).getByText('erased').waitFor();
        await chats(window).getByRole('link', { name: 'Rosa' }).waitFor({ state: 'detached' });
      }
      expect((await admin.contacts.get(rosa.contact.id)).erasedAt).not.toBeNull();
    });
  });

  it('masks numbers the moment Hide Phone is on, also in the open window', async () => {
    await admin.conversations.assign(conversation.id, { agentId: ana.id });
    await chats(theirs).getByRole('button', { name: 'Mine' }).click();
    await chats(theirs).getByRole('link', { name: 'Olena Moreira' }).click();
    await admin.agents.update(ana.id, { hidePhone: true });
    await eventually(
      () => theirs.page.locator('#screen').innerText(),
      (text) => text.includes('masked') && !text.includes(phone.slice(1)),
    );
    await theirs.page
      .getByTestId('phone')
      .filter({ hasText: phone.slice(-2) })
      .waitFor();
  });

  it('lets nobody with Hide Phone name a number', async () => {
    await admin.teams.update(team.id, { permissions: ['inbox.read', 'inbox.reply', 'inbox.assign'] });
    await chat(theirs).getByRole('button', { name: 'Unassign' }).waitFor();
    expect(await theirs.page.getByRole('button', { name: 'New conversation' }).count()).toBe(0);
    await admin.agents.update(ana.id, { hidePhone: false });
    await theirs.page.getByRole('button', { name: 'New conversation' }).waitFor();
  });

  it('ends the agent’s presence with the session, and complained about nothing', async () => {
    await theirs.page.getByRole('button', { name: 'Sign out' }).click();
    await eventually(
      () => admin.agents.get(ana.id),
      ({ presence }) => !presence.connected,
    );
    await theirs.close();
    expect([...mine.complaints, ...theirs.complaints, ...mine.outside, ...theirs.outside]).toEqual([]);
    await mine.close();
  });
});
