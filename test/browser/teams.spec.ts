/** Teams being changed: nothing that was drawn is lost or thrown away unsaid, and only the team that is named changes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MusterApi, TeamView } from '#client';
import { createTeam } from '../support/people.js';
import { Site, type Window } from './support/site.js';

const NOBODY = '01a20990-7777-7000-8000-000000000001';

describe('teams being changed', () => {
  let site: Site;
  let admin: MusterApi;
  let day: TeamView;
  let window: Window;
  beforeAll(async () => {
    site = await Site.start();
    admin = await site.admin();
    day = await createTeam(admin, ['inbox.read', 'inbox.reply'], { name: 'Day' });
    await createTeam(admin, ['inbox.read'], { name: 'Night' });
    window = await site.openAsAdmin({ path: '/teams' });
  });
  afterAll(() => site.stop());

  const at = (path: string) => window.page.goto(`${site.url}/console/teams/${path}`);
  const open = async (name: string): Promise<void> => {
    await window.page.getByRole('navigation', { name: 'Teams' }).getByRole('link', { name }).click();
    await window.page.getByRole('heading', { name, exact: true }).waitFor();
  };
  const bar = () => window.page.getByTestId('save-bar');
  const save = () => bar().getByRole('button', { name: 'Save for all agents' });

  it('goes on with the team that it began with, whichever is the first now', async () => {
    const { page } = window;
    await page.getByRole('heading', { name: 'Administrators' }).waitFor();
    await page.getByLabel('Description').fill('Ours');
    const first = await createTeam(admin, [], { name: 'Aardvarks' });
    await page.getByRole('link', { name: 'Aardvarks' }).waitFor();
    expect(await page.getByLabel('Description').inputValue()).toBe('Ours');
    await bar().getByRole('button', { name: 'Discard' }).click();
    await open('Aardvarks');
    await page.getByRole('button', { name: 'Delete team…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete team' }).click();
    await page.getByRole('heading', { name: 'Administrators' }).waitFor();
    expect(page.url()).not.toContain(first.id);
  });

  it('offers no other team for one that there isn’t', async () => {
    await at(NOBODY);
    await window.page.getByText('There is no such team').waitFor();
    expect(await window.page.getByRole('textbox').count()).toBe(0);
    await open('Day');
    await window.page.getByLabel('Name').waitFor();
  });

  it('says that a team was deleted while it was changed', async () => {
    const gone = await createTeam(admin, [], { name: 'Gone' });
    await at(gone.id);
    await window.page.getByRole('checkbox', { name: 'Read tasks' }).check();
    await bar().getByText('tasks.read').waitFor();
    await admin.teams.delete(gone.id);
    await save().click();
    await window.page.getByText('Gone was deleted meanwhile').waitFor();
    expect(await window.page.getByRole('textbox').count()).toBe(0);
    expect(new URL(window.page.url()).pathname).toBe(`/console/teams/${gone.id}`);
  });

  it('saves nothing while a field is wrong', async () => {
    await open('Day');
    const { page } = window;
    await page.getByLabel('Capacity').fill('abc');
    await page.getByRole('checkbox', { name: 'Read tasks' }).check();
    await bar().getByText('Mend the fields that are marked').waitFor();
    expect(await save().isDisabled()).toBe(true);
    await page.getByLabel('Capacity').fill('9');
    await page.getByLabel('Name').fill(' ');
    await page.getByText('Enter a name').waitFor();
    expect(await save().isDisabled()).toBe(true);
    await page.getByLabel('Name').fill('Day ');
    await bar().getByText('tasks.read').waitFor();
    await save().click();
    await bar().waitFor({ state: 'detached' });
    expect(await admin.teams.get(day.id)).toMatchObject({ name: 'Day', capacity: 9 });
  });

  it('keeps what was begun in a team while one looks at others, and asks before the console is left', async () => {
    const { page } = window;
    await open('Day');
    await page.getByRole('checkbox', { name: 'Read media' }).check();
    await bar().getByText('media.read').waitFor();
    await open('Night');
    expect(await bar().count()).toBe(0);
    await page.getByRole('link', { name: 'Floor' }).click();
    await page.getByRole('heading', { name: 'Floor' }).waitFor();
    await page.getByRole('link', { name: 'Teams' }).click();
    await page.getByRole('link', { name: /Day.*not saved/ }).click();
    await bar().getByText('media.read').waitFor();

    const asked = page.waitForEvent('dialog');
    const reload = page.evaluate('location.reload()');
    const question = await asked;
    expect(question.type()).toBe('beforeunload');
    await question.dismiss();
    await reload;
    await bar().getByRole('button', { name: 'Discard' }).click();
    await bar().waitFor({ state: 'detached' });
    await page.reload();
    expect(await page.getByRole('checkbox', { name: 'Read media' }).isChecked()).toBe(false);
  });

  it('says once, where one saves, why nothing was saved', async () => {
    const { page } = window;
    await page.route('**/api/v1/teams/*', (route) =>
      route.request().method() === 'PATCH' && !route.request().url().includes('dryRun')
        ? route.abort()
        : route.continue(),
    );
    await page.getByLabel('Description').fill('First line');
    await save().click();
    await bar().locator('.alert').waitFor();
    expect(await page.locator('.mantine-Notification-root').count()).toBe(0);
    expect(await page.getByLabel('Description').inputValue()).toBe('First line');
    await page.unrouteAll();
    await save().click();
    await bar().waitFor({ state: 'detached' });
    expect(await admin.teams.get(day.id)).toMatchObject({ description: 'First line' });
    expect([window.complaints, window.outside]).toEqual([[], []]);
    await window.close();
  });
});
