/** The same conditional update and nothing else: no rights, no reasons, no audit, no history, nobody is told. */
import type pg from 'pg';
import type { Wish } from './ways.js';

/** The same columns and indexes. */
export const BARE_TABLE = `
create table bare_conversation (like conversation including all);
insert into bare_conversation select * from conversation`;

const LOCK = 'select capacity from agent where id = $1 for no key update';
const UPDATE = `
update bare_conversation set assignee_id = $1, assigned_at = now(), updated_at = now(), version = version + 1
where id = $2 and status = 'open'
  and (select count(*) from bare_conversation where assignee_id = $1 and status = 'open') < $3`;

/** Whether there was room. What is counted after the lock holds until the commit. */
export async function assignBare(client: pg.Client, { conversationId, agentId }: Wish): Promise<boolean> {
  await client.query('begin');
  const { rows } = await client.query<{ capacity: number }>({ name: 'lock', text: LOCK, values: [agentId] });
  const values = [agentId, conversationId, rows[0]?.capacity];
  const { rowCount } = await client.query({ name: 'update', text: UPDATE, values });
  await client.query('commit');
  return rowCount === 1;
}
