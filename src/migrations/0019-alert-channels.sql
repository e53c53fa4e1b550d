-- Where alerts are told: each channel with what it still has to tell.

create table alert_channels (
  organization_id uuid not null references organizations (id),
  id bigint generated always as identity,
  name text not null,
  type text not null check (type in ('email', 'webhook', 'slack', 'pagerduty')),
  settings jsonb not null,
  -- What opens the other side: a URL with its token, a routing key, a signing secret.
  sealed_secret bytea,
  -- Null: all of them.
  classes text[],
  -- False: only what a renewal policy sends here by name.
  every_alert boolean not null,
  enabled boolean not null,
  -- One letter after the other, so that an end is never told before its beginning.
  lease_owner text,
  lease_until timestamptz,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_sent_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id)
);
create unique index alert_channels_by_name on alert_channels (organization_id, lower(name));
select tenant_table('alert_channels');
select system_table('alert_channels', 'select');

create table alert_notifications (
  organization_id uuid not null,
  id bigint generated always as identity,
  alert_id bigint not null,
  channel_id bigint not null,
  kind text not null check (kind in ('opened', 'acknowledged', 'resolved')),
  state text not null default 'queued' check (state in ('queued', 'sent', 'failed')),
  error text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, alert_id) references alerts (organization_id, id)
    on delete cascade,
  foreign key (organization_id, channel_id) references alert_channels (organization_id, id)
    on delete cascade
);
-- What happened to an alert is told once on each channel.
create unique index alert_notifications_once
  on alert_notifications (organization_id, alert_id, channel_id, kind);
create index alert_notifications_queued on alert_notifications (organization_id, channel_id, id)
  where state = 'queued';
create index alert_notifications_over on alert_notifications (finished_at)
  where state <> 'queued';
select tenant_table('alert_notifications');
select system_table('alert_notifications', 'select, delete');
