/** The same rows into the same kind of tables, and nothing else: no look-ups, no duplicates, no conversations. */

/** Tables as the product has them: partitioned alike, with the same indexes. */
export const BARE_TABLES = `
create table bare_key (like interaction_key including all) partition by hash (workspace_id, id);
create table bare_interaction (like interaction including all) partition by range (at);
do $$
declare
  day date;
begin
  for part in 0..7 loop
    execute format('create table bare_key_%s partition of bare_key for values with (modulus 8, remainder %s)', part, part);
  end loop;
  for ahead in -8..2 loop
    day := (now() at time zone 'utc')::date + ahead;
    execute format('create table %I partition of bare_interaction for values from (%L) to (%L)',
      'bare_interaction_' || to_char(day, 'YYYYMMDD'), day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
  end loop;
end $$`;

/** One transaction's rows. `$1`: workspace, `$2`: now, then ids, conversations, agents, teams, directions, times. */
export const BARE_SQL = `
with input as (
  select * from unnest($3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::timestamptz[])
    as i (id, conversation_id, agent_id, team_id, direction, at)
), keys as (
  insert into bare_key (workspace_id, id, recorded_at) select $1, id, $2 from input
)
insert into bare_interaction (workspace_id, id, conversation_id, agent_id, team_id, direction, at, recorded_at)
select $1, id, conversation_id, agent_id, team_id, direction, at, $2 from input`;
