-- What people should look at, once per certificate and class until it is over.

create table alerts (
  organization_id uuid not null,
  id bigint generated always as identity,
  workspace_id text not null,
  certificate_id bigint not null,
  class text not null check (
    class in ('certificate_expired', 'certificate_expiring_7_days', 'certificate_expiring_30_days',
      'policy_violation', 'renewal_failed')),
  severity text not null check (severity in ('critical', 'error', 'warning')),
  summary text not null,
  status text not null default 'open' check (status in ('open', 'acknowledged', 'resolved')),
  created_at timestamptz not null default now(),
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, certificate_id) references certificates (organization_id, id)
);
create unique index alerts_open on alerts (organization_id, certificate_id, class)
  where status <> 'resolved';
create index alerts_by_time on alerts (organization_id, created_at, id);
select tenant_table('alerts');
select system_table('alerts', 'select');
