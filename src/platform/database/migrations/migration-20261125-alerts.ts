import { Migration } from '@mikro-orm/migrations';

/** Thresholds, the alerts that crossing them raises, and how far each is on the way to one. */
export class Migration20261125Alerts extends Migration {
  override up(): void {
    this.addSql(thresholds);
    this.addSql(alerts);
  }

  override down(): void {
    this.addSql('drop table alert_crossing, alert, alert_head, threshold');
  }
}

const thresholds = `
create table threshold (
  id uuid primary key,
  workspace_id uuid not null references workspace,
  name text not null check (length(name) between 1 and 100),
  kind text not null check (kind in ('density', 'load', 'waiting', 'staffing')),
  team_id uuid,
  comparison text not null check (comparison in ('above', 'below')),
  value double precision not null,
  density_window text check (density_window in ('m1', 'm5', 'm15', 'h1')),
  for_minutes integer not null check (for_minutes between 0 and 1440),
  enabled boolean not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((kind = 'density') = (density_window is not null)),
  foreign key (workspace_id, team_id) references team (workspace_id, id)
);
create unique index threshold_name on threshold (workspace_id, lower(name));
`;

const alerts = `
-- Where a workspace's alerts stand. Whoever raises or clears holds this row, so that revisions come in the order of the
-- commits; whoever looks at the thresholds takes its turn here, so that one node does at a time.
create table alert_head (
  workspace_id uuid primary key references workspace,
  epoch uuid not null default gen_random_uuid(),
  revision bigint not null default 0,
  evaluated_at timestamptz
) with (fillfactor = 50);

-- The condition is as it was: thresholds change and go. The subject is an agent, a team or the workspace.
create table alert (
  id uuid primary key,
  workspace_id uuid not null references workspace,
  threshold_id uuid not null,
  name text not null,
  condition jsonb not null,
  subject_id uuid not null,
  agent_id uuid,
  team_id uuid,
  value double precision not null,
  raised_at timestamptz not null,
  raised_revision bigint not null,
  cleared_at timestamptz,
  cleared_revision bigint,
  cleared_because text check (cleared_because in ('recovered', 'threshold_changed')),
  check ((cleared_at is null) = (cleared_revision is null) and (cleared_at is null) = (cleared_because is null))
);
-- One open alert per threshold and subject, whichever nodes saw it crossed.
create unique index alert_open on alert (threshold_id, subject_id) where cleared_at is null;
create index alert_list on alert (workspace_id, raised_at desc, id);
create index alert_open_list on alert (workspace_id, raised_revision) where cleared_at is null;
create index alert_raised on alert (workspace_id, raised_revision);
create index alert_cleared on alert (workspace_id, cleared_revision) where cleared_at is not null;

-- Subjects on the way: the threshold is crossed and no alert is open, or the other way round, since then.
create table alert_crossing (
  workspace_id uuid not null,
  threshold_id uuid not null references threshold on delete cascade,
  subject_id uuid not null,
  since timestamptz not null,
  primary key (threshold_id, subject_id)
);
`;
