import { Migration } from '@mikro-orm/migrations';

/** Nothing that happens fails because somebody deletes an endpoint at the same time. */
export class Migration20261126WebhookEmission extends Migration {
  override up(): void {
    this.addSql(emissionOf('for key share of e'));
  }

  override down(): void {
    this.addSql(emissionOf(''));
  }
}

/**
 * An endpoint that is being deleted is waited for, and then passed over: found without a lock, the delivery would refer
 * to nothing, and what happened would be undone for that.
 */
const emissionOf = (lock: string) => `
create or replace function emit_webhooks(workspaces uuid[], names text[], times timestamptz[], contents jsonb[])
returns void language sql as $$
  with asked as (
    select e.workspace_id, e.id, h.name, h.content, h.at
    from unnest(workspaces, names, times, contents) as h (workspace, name, at, content)
    join webhook_endpoint e on e.workspace_id = h.workspace and e.enabled and h.name = any(e.events)
    ${lock}
  ), delivery as (
    insert into webhook_delivery (workspace_id, endpoint_id, event, data, occurred_at)
    select workspace_id, id, name, content, at from asked
    returning id, workspace_id
  ), carried as (
    insert into outbox (workspace_id, topic, key) select workspace_id, 'webhooks.deliver', id from delivery returning 1
  )
  select pg_notify('muster_outbox', '') from carried limit 1
$$;
`;
