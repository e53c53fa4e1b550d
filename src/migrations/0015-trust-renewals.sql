-- Renewals: each is a machine whose state is its row, so that a crash between any two steps goes on
-- from the step before.

create table renewals (
  organization_id uuid not null,
  id bigint generated always as identity,
  workspace_id text not null,
  certificate_id bigint not null,
  -- The first is the certificate's own issue, where it could not be had at once.
  cause text not null check (cause in ('first_issue', 'requested', 'threshold')),
  method text not null check (method in ('acme', 'csr', 'api')),
  -- Null where people carry the request, to whom they like.
  authority_id bigint,
  deploy_after boolean not null,
  state text not null check (
    state in ('queued', 'prepared', 'ordered', 'waiting_csr', 'issued', 'stored', 'failed',
      'cancelled')),
  -- Written before the authority is asked: what a repeat must ask for again, word for word.
  csr bytea,
  sealed_key bytea,
  intent jsonb,
  -- What the authority answered, until it is stored as a version.
  der bytea,
  chain bytea[],
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  lease_owner text,
  lease_until timestamptz,
  error_code text,
  error_message text,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, certificate_id) references certificates (organization_id, id),
  foreign key (organization_id, authority_id)
    references certificate_authorities (organization_id, id)
);
-- The lock: one renewal of a certificate at a time, whatever crashes.
create unique index renewals_open on renewals (organization_id, certificate_id)
  where state not in ('stored', 'failed', 'cancelled');
create index renewals_by_certificate on renewals (organization_id, certificate_id, id);
create index renewals_due on renewals (next_attempt_at)
  where state in ('queued', 'prepared', 'ordered', 'issued');
select tenant_table('renewals');
select system_table('renewals', 'select');

create table renewal_steps (
  organization_id uuid not null,
  renewal_id bigint not null,
  number bigint generated always as identity,
  at timestamptz not null default now(),
  step text not null,
  outcome text not null check (outcome in ('done', 'waiting', 'failed')),
  message text not null,
  primary key (organization_id, renewal_id, number),
  foreign key (organization_id, renewal_id) references renewals (organization_id, id)
);
select tenant_table('renewal_steps');

create table deployments (
  organization_id uuid not null,
  id bigint generated always as identity,
  workspace_id text not null,
  certificate_id bigint not null,
  version integer not null,
  target text not null,
  agent_id text,
  cause text not null check (cause in ('requested', 'renewal')),
  state text not null default 'queued' check (
    state in ('queued', 'running', 'deployed', 'rolled_back', 'failed', 'cancelled')),
  steps jsonb not null default '[]',
  created_by text not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, certificate_id, version)
    references certificate_versions (organization_id, certificate_id, number)
);
create index deployments_by_certificate on deployments (organization_id, certificate_id, id);
select tenant_table('deployments');
