import { Migration } from '@mikro-orm/migrations';

/** Who had which conversation, when; and how agents and teams were at a moment of the past. */
export class Migration20261125AssignmentInterval extends Migration {
  override up(): void {
    for (const part of [intervals, keeping, before, profiles]) this.addSql(part);
  }

  override down(): void {
    this.addSql(
      `drop trigger assignment_changed on conversation; drop trigger assignment_begun on conversation;
       drop function keep_assignment_interval; drop table assignment_interval; drop index audit_entry_profile`,
    );
  }
}

const intervals = `
-- History: one row per stretch of time in which an agent had an open conversation; the stretch that lasts has no end.
-- Resolving ends it as handing on does; a reopened conversation belongs to nobody.
create table assignment_interval (
  id bigint generated always as identity primary key,
  workspace_id uuid not null,
  conversation_id uuid not null,
  agent_id uuid not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  check (ended_at >= started_at)
);
create unique index assignment_interval_open on assignment_interval (conversation_id) where ended_at is null;
create index assignment_interval_agent on assignment_interval (agent_id, started_at);
-- Who had what at one moment, however long ago: an index by time alone would read all since, or all before.
create index assignment_interval_span on assignment_interval using gist (tstzrange(started_at, ended_at));
`;

/**
 * In the transaction of whatever changes a conversation, whoever writes it and how. Statements that set neither the
 * assignee nor the status, as those that record interactions, never come here.
 */
const keeping = `
create function keep_assignment_interval() returns trigger language plpgsql as $$
declare
  began timestamptz := new.updated_at;
begin
  if tg_op = 'UPDATE' then
    -- The clocks of two nodes differ a little: no stretch ends before it began.
    update assignment_interval set ended_at = greatest(started_at, new.updated_at)
    where conversation_id = new.id and ended_at is null;
  else
    began := coalesce(new.assigned_at, new.updated_at);
  end if;
  if new.status = 'open' and new.assignee_id is not null then
    insert into assignment_interval (workspace_id, conversation_id, agent_id, started_at)
    values (new.workspace_id, new.id, new.assignee_id, began);
  end if;
  return null;
end $$;
create trigger assignment_begun after insert on conversation for each row
  when (new.status = 'open' and new.assignee_id is not null) execute function keep_assignment_interval();
create trigger assignment_changed after update of assignee_id, status on conversation for each row
  when ((old.status = 'open', old.assignee_id) is distinct from (new.status = 'open', new.assignee_id))
  execute function keep_assignment_interval();
`;

/** What the audit log knows of the time before this table was there. */
const before = `
insert into assignment_interval (workspace_id, conversation_id, agent_id, started_at, ended_at)
select workspace_id, target_id, agent_id, at, greatest(at, until)
from (
  select workspace_id, target_id, at, (case when action = 'conversation.assigned' then after->>'assigneeId' end)::uuid as agent_id,
    lead(at) over (partition by target_id order by seq) as until
  from audit_entry
  where target_kind = 'conversation' and action in ('conversation.assigned', 'conversation.unassigned',
    'conversation.released', 'conversation.resolved', 'conversation.reopened')
) as told
where agent_id is not null and until is not null;
insert into assignment_interval (workspace_id, conversation_id, agent_id, started_at)
select workspace_id, id, assignee_id, coalesce(assigned_at, updated_at)
from conversation where status = 'open' and assignee_id is not null;
`;

const profiles = `
-- How an agent or a team was at a moment: what the changes since then say it was before.
create index audit_entry_profile on audit_entry (workspace_id, target_kind, at)
  where target_kind in ('agent', 'team') and before is not null;
`;
