import { Migration } from '@mikro-orm/migrations';

/**
 * Searching agents for any text, however short, by the letters and pairs of letters in their names and e-mails. It
 * takes the place of the index of trigrams, which can't look up one or two letters, and needs no extension.
 *
 * What is searched is kept in small letters beside the agent (`searched`; no entity has it): making them anew for
 * each of thousands that match was most of a search.
 */
export class Migration20261125AgentLetters extends Migration {
  override up(): void {
    this.addSql(searched);
    this.addSql(letters);
    this.addSql(index);
    this.addSql('drop index if exists agent_search');
  }

  override down(): void {
    this.addSql(trigrams);
    this.addSql('drop index agent_letters; drop function letters_of; alter table agent drop column searched');
  }
}

/** Name and e-mail, with U+001F between. */
const searched = String.raw`
alter table agent add column searched text not null
  generated always as (lower(name) || E'\x1f' || lower(email)) stored`;

/**
 * Every letter of a text and every two that stand together. The text is cut at U+001F, which therefore counts as a
 * space. Its price keeps PostgreSQL from working it out for every agent rather than looking it up; as SQL it would be
 * inlined and thought cheap. Without a subquery: that took six times as long for each agent.
 */
const letters = String.raw`
create function letters_of(content text) returns text[] language plpgsql immutable strict parallel safe cost 1000 as $$
begin
  content := translate(content, E'\x1f', ' ');
  return string_to_array(content, null)
    || string_to_array(regexp_replace(content, '(..)', E'\\1\x1f', 'g'), E'\x1f')
    || string_to_array(regexp_replace(substr(content, 2), '(..)', E'\\1\x1f', 'g'), E'\x1f');
end $$`;

/** Statistics of letters help no plan, and gathering them is dear. */
const index = `
create index agent_letters on agent using gin (letters_of(searched collate "C")) where deleted_at is null;
alter index agent_letters alter column 1 set statistics 0`;

const trigrams = `
do $$
begin
  create index agent_search on agent using gin (name gin_trgm_ops, email gin_trgm_ops) where deleted_at is null;
exception
  when undefined_object then
    raise notice 'without pg_trgm, searching agents reads all of them: %', sqlerrm;
end $$`;
