import { Migration } from '@mikro-orm/migrations';

/** Teams whose conversations are given to their agents by themselves, and what asks for it. */
export class Migration20261125ConversationQueue extends Migration {
  override up(): void {
    for (const part of [columns, asking, conversations, agents]) this.addSql(part);
  }

  override down(): void {
    this.addSql(
      `drop trigger queue_opened on conversation; drop trigger queue_joined on conversation;
       drop trigger queue_room on conversation; drop trigger queue_present on agent_presence;
       drop trigger queue_agent on agent; drop trigger queue_team on team;
       drop function ask_for_offers_of_conversation, ask_for_offers_of_room, ask_for_offers_of_presence,
         ask_for_offers_of_agent, ask_for_offers_of_team, ask_for_offers;
       drop index conversation_queue; alter table conversation drop column former_agent_id;
       alter table team drop column auto_assign`,
    );
  }
}

const columns = `
alter table team add column auto_assign boolean not null default false;
-- Who had it and lost it by no decision about the conversation: gets it back first.
alter table conversation add column former_agent_id uuid;
create index conversation_queue on conversation (team_id) where status = 'open' and assignee_id is null;
`;

/**
 * In the transaction of whatever may let somebody take what waits, whoever writes it and how. It does not look whether
 * anything waits: another transaction that is about to commit may add it, and only the later of both sees the other.
 */
const asking = `
create function ask_for_offers(team uuid) returns void language plpgsql as $$
begin
  insert into outbox (workspace_id, topic, key)
  select t.workspace_id, 'conversations.offer', t.id from team t
  where t.id = team and t.auto_assign and t.status = 'active' and t.deleted_at is null;
  if found then
    perform pg_notify('muster_outbox', '');
  end if;
end $$;
`;

const conversations = `
create function ask_for_offers_of_conversation() returns trigger language plpgsql as $$
begin
  perform ask_for_offers(new.team_id);
  return null;
end $$;
create trigger queue_opened after insert on conversation for each row
  when (new.status = 'open' and new.assignee_id is null and new.team_id is not null)
  execute function ask_for_offers_of_conversation();
create trigger queue_joined after update of assignee_id, status, team_id on conversation for each row
  when (new.status = 'open' and new.assignee_id is null and new.team_id is not null
    and (old.status, old.assignee_id, old.team_id) is distinct from (new.status, new.assignee_id, new.team_id))
  execute function ask_for_offers_of_conversation();

create function ask_for_offers_of_room() returns trigger language plpgsql as $$
begin
  perform ask_for_offers((select team_id from agent where id = old.assignee_id));
  return null;
end $$;
-- Whoever has one less can take another.
create trigger queue_room after update of assignee_id, status on conversation for each row
  when (old.status = 'open' and old.assignee_id is not null
    and (new.status <> 'open' or new.assignee_id is distinct from old.assignee_id))
  execute function ask_for_offers_of_room();
`;

const agents = `
create function ask_for_offers_of_presence() returns trigger language plpgsql as $$
begin
  perform ask_for_offers((select team_id from agent where id = new.agent_id));
  return null;
end $$;
create trigger queue_present after update of state on agent_presence for each row
  when (new.state = 'available' and old.state <> 'available') execute function ask_for_offers_of_presence();

create function ask_for_offers_of_agent() returns trigger language plpgsql as $$
begin
  perform ask_for_offers(new.team_id);
  return null;
end $$;
create trigger queue_agent after update of status, team_id, capacity on agent for each row
  when (new.status = 'active'
    and (old.status, old.team_id, old.capacity) is distinct from (new.status, new.team_id, new.capacity))
  execute function ask_for_offers_of_agent();

create function ask_for_offers_of_team() returns trigger language plpgsql as $$
begin
  perform ask_for_offers(new.id);
  return null;
end $$;
create trigger queue_team after update of status, permissions, capacity, auto_assign on team for each row
  when (new.auto_assign and (old.status, old.permissions, old.capacity, old.auto_assign)
    is distinct from (new.status, new.permissions, new.capacity, new.auto_assign))
  execute function ask_for_offers_of_team();
`;
