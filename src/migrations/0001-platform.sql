-- The platform's tables, and the two functions with which every later table states who sees it.

grant usage on schema public to panthera_tenant, panthera_system;

do $$
begin
  -- Bulk ingest compares through temporary tables.
  execute format('grant temporary on database %I to panthera_tenant', current_database());
end $$;

-- A tenant's table: forced row-level security, one policy, and no row without a tenant.
create function tenant_table(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format($policy$
    create policy tenant on %s to panthera_tenant
      using (organization_id = nullif(current_setting('app.organization', true), '')::uuid)
      with check (organization_id = nullif(current_setting('app.organization', true), '')::uuid)
  $policy$, target);
  execute format('grant select, insert, update, delete on %s to panthera_tenant', target);
end $$;

-- What must cross tenants, with no more rights than named.
create function system_table(target regclass, rights text) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy system on %s to panthera_system using (true) with check (true)', target);
  execute format('grant %s on %s to panthera_system', rights, target);
end $$;

revoke execute on function tenant_table(regclass), system_table(regclass, text) from public;

-- Facts about the installation itself, such as the value that tells whether a master key fits.
create table settings (
  name text primary key,
  value bytea not null
);
select system_table('settings', 'select, insert, update');

-- Random keys of a tenant, sealed: they outlive a change of the master key.
create table tenant_keys (
  organization_id uuid not null,
  purpose text not null,
  sealed bytea not null,
  primary key (organization_id, purpose)
);
select tenant_table('tenant_keys');

create table audit_events (
  organization_id uuid not null,
  id uuid not null,
  at timestamptz not null default now(),
  actor jsonb not null,
  action text not null,
  object_type text not null,
  object_id text not null,
  address text,
  request_id text,
  result text not null check (result in ('success', 'failure')),
  details jsonb not null default '{}',
  primary key (organization_id, id)
);
create index audit_events_by_time on audit_events (organization_id, at desc);
select tenant_table('audit_events');
-- Appended only: neither changed nor deleted by those who append.
revoke update, delete on audit_events from panthera_tenant;

-- Events wait here from the transaction that appended them until every subscriber has had them.
create table outbox (
  organization_id uuid not null,
  id bigint generated always as identity primary key,
  event_id uuid not null unique,
  name text not null,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_error text
);
create index outbox_due on outbox (next_attempt_at, id);
select tenant_table('outbox');
revoke select, update, delete on outbox from panthera_tenant;
select system_table('outbox', 'select, update, delete');

-- Requests already granted per window; nodes take allowance from here in blocks.
create table limit_windows (
  subject text not null,
  window_name text not null,
  starts_at timestamptz not null,
  used bigint not null,
  primary key (subject, window_name, starts_at)
);
create index limit_windows_by_start on limit_windows (starts_at);
select system_table('limit_windows', 'select, insert, update, delete');

create table webhook_endpoints (
  organization_id uuid not null,
  id uuid not null,
  surface text not null,
  url text not null,
  description text,
  events text[] not null,
  active boolean not null default true,
  -- Why we turned it off: `gone` (it answered 410) or `failing` (for days); null where a user did.
  disabled_reason text check (disabled_reason in ('gone', 'failing')),
  -- Sealed JSON list of signing secrets, the newest first.
  sealed_secrets bytea not null,
  -- As `platform/webhooks/breaker.ts` defines it.
  breaker jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Unseen from then on; there may be millions of deliveries to remove before the row can go.
  deleted_at timestamptz,
  primary key (organization_id, id)
);
select tenant_table('webhook_endpoints');
select system_table('webhook_endpoints', 'select, update, delete');

-- A body is kept once, however many endpoints it goes to.
create table webhook_messages (
  organization_id uuid not null,
  id uuid not null,
  event text not null,
  body text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id)
);
create index webhook_messages_by_age on webhook_messages (created_at);
select tenant_table('webhook_messages');
select system_table('webhook_messages', 'select, delete');

create table webhook_deliveries (
  organization_id uuid not null,
  id uuid not null,
  endpoint_id uuid not null,
  message_id uuid not null,
  status text not null default 'pending'
    check (status in ('pending', 'delivered', 'failed', 'cancelled')),
  attempts integer not null default 0,
  -- How many were made before the last replay: the schedule of retries counts from there.
  attempts_at_replay integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  lease_owner text,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  completed_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, endpoint_id)
    references webhook_endpoints (organization_id, id) on delete cascade,
  foreign key (organization_id, message_id)
    references webhook_messages (organization_id, id) on delete cascade
)
-- Every row changes at least twice, and what is due is looked for among the dead ones.
with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
-- By endpoint first, so that what waits for one that is slow is never read to find another's.
create index webhook_deliveries_due
  on webhook_deliveries (organization_id, endpoint_id, next_attempt_at) where status = 'pending';
create index webhook_deliveries_by_holder on webhook_deliveries (lease_owner)
  where lease_owner is not null;
create index webhook_deliveries_by_endpoint
  on webhook_deliveries (organization_id, endpoint_id, created_at desc);
-- What people look for, and replay: few among many.
create index webhook_deliveries_lost
  on webhook_deliveries (organization_id, endpoint_id, created_at desc)
  where status in ('failed', 'cancelled');
create index webhook_deliveries_by_message on webhook_deliveries (organization_id, message_id);
select tenant_table('webhook_deliveries');
select system_table('webhook_deliveries', 'select, update, delete');

create table webhook_attempts (
  organization_id uuid not null,
  delivery_id uuid not null,
  number integer not null,
  at timestamptz not null default now(),
  status integer,
  error text,
  duration_ms integer not null,
  primary key (organization_id, delivery_id, number),
  foreign key (organization_id, delivery_id)
    references webhook_deliveries (organization_id, id) on delete cascade
);
select tenant_table('webhook_attempts');
select system_table('webhook_attempts', 'insert, select');
