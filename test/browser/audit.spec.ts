/** The log of who changed what: in words, verified to its end, and as a file. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { MusterApi } from '#client';
import { insertEntries } from '../support/audit-rows.js';
import { createAgent, createTeam } from '../support/people.js';
import { violationsOf } from './support/axe.js';
import { Site, type Window } from './support/site.js';

describe('the audit log', () => {
  let site: Site;
  let admin: MusterApi;
  let window: Window;
  let owner: pg.Client;

  beforeAll(async () => {
    site = await Site.start();
    admin = await site.admin();
    owner = new pg.Client({ connectionString: site.databaseUrl });
    await owner.connect();
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']), { name: 'Ana Souza' });
    await admin.agents.update(agent.id, { status: 'inactive' });
    window = await site.openAsAdmin({ path: '/audit' });
  });
  afterAll(async () => {
    await owner.end();
    await site.stop();
  });

  const verify = () => window.page.getByRole('button', { name: 'Verify' }).click();

  it('says in words what was done, to whom and by whom, and what it changed', async () => {
    const entry = window.page.locator('details').filter({ hasText: 'Agent set inactive' });
    await entry.getByText('Ana Souza').waitFor();
    await entry.click();
    await entry.getByText('agent.deactivated').waitFor();
    expect(await entry.innerText()).toMatch(/active[^]*inactive/);
    await entry.getByRole('link', { name: 'All changes of it' }).click();
    await window.page.locator('details').filter({ hasText: 'Team created' }).waitFor({ state: 'detached' });
    expect(await window.page.locator('details b').allInnerTexts()).toEqual(['Agent set inactive', 'Agent created']);
    await window.page.getByRole('button', { name: 'Only changes of' }).click();
    await window.page.locator('details').filter({ hasText: 'Team created' }).first().waitFor();
  });

  it('verifies thousands of entries, and names the last hash', async () => {
    await insertEntries(owner, (await admin.me()).workspace.id, 6_000);
    await verify();
    const verdict = window.page.getByRole('status').filter({ hasText: 'as they were written' });
    await verdict.waitFor();
    const [newest] = (await admin.audit.list({ limit: 1 })).data;
    expect(await verdict.innerText()).toContain(`All ${newest?.seq} entries`);
    expect(await verdict.innerText()).toContain(newest?.hash);
  });

  it('names the entry that somebody changed past Muster', async () => {
    await owner.query('alter table audit_entry disable trigger user');
    await owner.query(`update audit_entry set reason = 'another' where seq = 3`);
    await owner.query('alter table audit_entry enable trigger user');
    await verify();
    const verdict = window.page.getByRole('alert').filter({ hasText: 'from entry 3 on' });
    await verdict.getByText('The 2 entries before it').waitFor();
    expect(await violationsOf(window)).toEqual([]);
  });

  it('saves what the filters leave as a file', async () => {
    await window.page.getByLabel('Of what').selectOption('Team');
    const click = window.page.getByRole('button', { name: 'Download' }).click();
    const [download] = await Promise.all([window.page.waitForEvent('download'), click]);
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
    const { data } = await admin.audit.list({ targetKind: 'team' });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(data);
  });
});
