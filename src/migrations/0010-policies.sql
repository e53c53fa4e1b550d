-- Policies with their versions, what changed them, and the log of decisions.

-- Incremented by every change; nodes follow it.
create table authorization_generations (
  organization_id uuid primary key references organizations (id),
  policies bigint not null default 0,
  entities bigint not null default 0
);
select tenant_table('authorization_generations');
select system_table('authorization_generations', 'select');

create table policies (
  organization_id uuid not null references organizations (id),
  id text not null,
  name text not null,
  description text,
  status text not null check (status in ('draft', 'active', 'archived')),
  -- Of its content; a change of the status alone is none.
  version integer not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by text not null,
  updated_at timestamptz not null default now(),
  updated_by text not null,
  -- Of its compiled JSON.
  characters integer not null,
  -- Of the organization's policies at its last change of any kind: nodes read only what is newer.
  generation bigint not null,
  -- Of a link: what it fills the slots of.
  template_id text,
  -- Versions stay, for the decisions that were made with them.
  deleted_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, template_id) references policies (organization_id, id)
);
create index policies_by_time on policies (organization_id, created_at desc, id);
create index policies_by_template on policies (organization_id, template_id)
  where template_id is not null;
create index policies_by_generation on policies (organization_id, generation);
select tenant_table('policies');

create table policy_versions (
  organization_id uuid not null,
  policy_id text not null,
  version integer not null,
  name text not null,
  description text,
  metadata jsonb not null default '{}',
  -- As it was written: the rules, or null where it was written in Cedar.
  rules json,
  -- Of a link: its template, and what its slots stand for, as it was written and as an entity.
  template_id text,
  slots json,
  cedar text not null,
  -- Cedar's JSON form of each of its policies, and what they need to know of the time and the
  -- like. Not jsonb: the order of names is kept.
  compiled json not null,
  needs json not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  -- Taken over from this one.
  rolled_back_to integer,
  primary key (organization_id, policy_id, version),
  foreign key (organization_id, policy_id) references policies (organization_id, id)
);
select tenant_table('policy_versions');

-- When which version was in force, counted in generations: the set of then can be put together
-- again.
create table policy_periods (
  organization_id uuid not null,
  policy_id text not null,
  version integer not null,
  from_generation bigint not null,
  until_generation bigint,
  primary key (organization_id, policy_id, from_generation),
  foreign key (organization_id, policy_id, version)
    references policy_versions (organization_id, policy_id, version)
);
create unique index policy_periods_open on policy_periods (organization_id, policy_id)
  where until_generation is null;
select tenant_table('policy_periods');

-- What policies are checked against, where an organization wants that.
create table policy_schemas (
  organization_id uuid primary key references organizations (id),
  cedar_schema text not null,
  updated_at timestamptz not null default now(),
  updated_by text not null
);
select tenant_table('policy_schemas');

-- A partition is a day in UTC. The identifier begins with the time.
create table decisions (
  organization_id uuid not null,
  at timestamptz not null,
  id text not null,
  principal text not null,
  action text not null,
  resource text not null,
  -- The same three as the engine names them.
  request json not null,
  allowed boolean not null,
  reason text not null,
  -- Those that decided: id, name, version, effect.
  policies json not null,
  -- Policies that could not be evaluated, with the message.
  errors json,
  -- As it was decided upon: with what was added to it, sensitive values masked.
  context json not null,
  -- Principal and resource as they were then, by the hash of their content.
  snapshots text[] not null,
  -- Generation of the policies that were in force.
  generation bigint not null,
  actor_id text not null,
  request_id text,
  latency_us integer not null,
  primary key (organization_id, at, id)
) partition by range (at);
-- An index takes no text of any length: callers bound both in bytes.
create index decisions_by_principal on decisions (organization_id, principal, at desc);
create index decisions_by_resource on decisions (organization_id, resource, at desc);
select tenant_table('decisions');
revoke update, delete on decisions from panthera_tenant;
select system_table('decisions', 'select, insert, delete');

-- Entities as decisions saw them; many decisions share one.
create table decision_snapshots (
  organization_id uuid not null,
  hash text not null,
  entities json not null,
  -- Kept while a decision may name it.
  last_used date not null,
  primary key (organization_id, hash)
);
create index decision_snapshots_by_use on decision_snapshots (last_used);
select tenant_table('decision_snapshots');
select system_table('decision_snapshots', 'select, insert, update, delete');

-- Makes the partitions from a day on, and drops those that ended before another.
create function keep_decision_partitions(first date, last date, oldest date) returns integer
language plpgsql as $$
declare
  day date;
  part text;
  gone record;
  dropped integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('keep_decision_partitions'));
  for day in select generate_series(first, last, interval '1 day') loop
    part := 'decisions_' || to_char(day, 'YYYYMMDD');
    continue when to_regclass('public.' || part) is not null;
    begin
      execute format('create table %I partition of decisions for values from (%L) to (%L)', part,
        day::text || ' 00:00+00', (day + 1)::text || ' 00:00+00');
      perform tenant_table(part::regclass);
      execute format('revoke all on %I from panthera_tenant', part);
    exception when check_violation then
      -- The day has begun without it, and its rows are among the others.
      null;
    end;
  end loop;
  for gone in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'decisions'::regclass and c.relname ~ '^decisions_\d{8}$'
        and c.relname < 'decisions_' || to_char(oldest, 'YYYYMMDD') loop
    execute format('drop table %I', gone.relname);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
revoke execute on function keep_decision_partitions(date, date, date) from public;
select keep_decision_partitions((now() at time zone 'UTC')::date - 1,
  (now() at time zone 'UTC')::date + 7, '-infinity');
-- Nothing is refused where no day was made in time.
create table decisions_other partition of decisions default;
select tenant_table('decisions_other');
revoke all on decisions_other from panthera_tenant;
