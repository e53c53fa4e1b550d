-- Agents on the hosts that serve certificates, what they are asked to do, and where to deploy.

create table agents (
  organization_id uuid not null,
  id text not null,
  workspace_id text not null,
  name text not null,
  -- The key that it came with last; any agent key of its workspace will do.
  key_id text not null,
  hostname text not null,
  version text not null,
  platform text not null,
  target_types text[] not null,
  sources text[] not null,
  reload_commands text[] not null,
  -- Ed25519 and X25519, 32 bytes each.
  proof_key bytea not null,
  sealing_key bytea not null,
  -- Of the last job that it was offered.
  sequence bigint not null default 0,
  address text,
  last_seen_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoked_by text,
  primary key (organization_id, id),
  foreign key (organization_id, workspace_id) references workspaces (organization_id, id)
);
-- One that was revoked never comes back with its old keys.
create unique index agents_by_proof_key on agents (organization_id, proof_key);
create unique index agents_by_name on agents (organization_id, name) where revoked_at is null;
select tenant_table('agents');

-- Proofs that were shown within the time in which they hold: each holds once.
create table agent_proofs (
  organization_id uuid not null,
  agent_id text not null,
  id text not null,
  at timestamptz not null default now(),
  primary key (organization_id, agent_id, id),
  foreign key (organization_id, agent_id) references agents (organization_id, id)
);
select tenant_table('agent_proofs');

create table deployment_targets (
  organization_id uuid not null,
  id bigint generated always as identity,
  workspace_id text not null,
  name text not null,
  type text not null,
  settings jsonb not null,
  agent_id text not null,
  -- The lowest of a certificate's targets is its canary.
  position integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, workspace_id) references workspaces (organization_id, id),
  foreign key (organization_id, agent_id) references agents (organization_id, id)
);
create unique index deployment_targets_by_name on deployment_targets (organization_id, name);
create index deployment_targets_by_agent on deployment_targets (organization_id, agent_id);
select tenant_table('deployment_targets');

-- Where the key is: here, or with an agent; null where only its owner has it.
alter table certificates add column key_location text
  check (key_location = 'server' or key_location like 'agent:%');
update certificates set key_location = 'server' where has_private_key;
alter table certificates add column deployment_failed boolean not null default false;
create index certificates_undeployed on certificates (id)
  where deployment_failed and revoked_at is null;
alter table certificate_versions add column key_location text
  check (key_location = 'server' or key_location like 'agent:%');
update certificate_versions set key_location = 'server' where sealed_key is not null;

-- The agent that makes the key and the request of this renewal; null where the server does.
alter table renewals add column agent_id text;
alter table renewals drop constraint renewals_state_check;
alter table renewals add constraint renewals_state_check check (
  state in ('queued', 'waiting_agent', 'prepared', 'ordered', 'waiting_csr', 'issued', 'stored',
    'failed', 'cancelled'));

-- `waiting`: until the canary of its rollout is deployed, and no other is open for the target.
alter table deployments drop constraint deployments_state_check;
alter table deployments add constraint deployments_state_check check (
  state in ('waiting', 'queued', 'running', 'deployed', 'rolled_back', 'failed', 'cancelled'));
-- Those that one wish made; the first of them is the canary.
alter table deployments add column rollout uuid;
alter table deployments add column position integer not null default 0;
alter table deployments add column renewal_id bigint;
alter table deployments add column started_at timestamptz;
alter table deployments add column error_code text;
alter table deployments add column error_message text;
alter table deployments add column served_fingerprint text;
create unique index deployments_open on deployments (organization_id, certificate_id, target)
  where state in ('queued', 'running');
create index deployments_waiting on deployments (organization_id, certificate_id)
  where state = 'waiting';
create index deployments_by_rollout on deployments (organization_id, rollout, position);
create index deployments_by_target on deployments (organization_id, certificate_id, target, id);

create table agent_jobs (
  organization_id uuid not null,
  id text not null,
  agent_id text not null,
  kind text not null check (kind in ('make_key', 'deploy', 'discover')),
  renewal_id bigint,
  deployment_id bigint,
  -- What the row that it serves does not say.
  work jsonb not null default '{}',
  state text not null default 'queued' check (
    state in ('queued', 'offered', 'done', 'cancelled', 'expired')),
  -- Of its last offer.
  sequence bigint,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  lease_until timestamptz,
  expires_at timestamptz not null,
  result jsonb,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, agent_id) references agents (organization_id, id),
  foreign key (organization_id, renewal_id) references renewals (organization_id, id),
  foreign key (organization_id, deployment_id) references deployments (organization_id, id)
);
create unique index agent_jobs_of_deployment on agent_jobs (organization_id, deployment_id)
  where deployment_id is not null and state in ('queued', 'offered');
create unique index agent_jobs_of_renewal on agent_jobs (organization_id, renewal_id)
  where renewal_id is not null and state in ('queued', 'offered');
create index agent_jobs_to_do on agent_jobs (organization_id, agent_id, created_at)
  where state in ('queued', 'offered');
create index agent_jobs_ended on agent_jobs (organization_id, agent_id, finished_at)
  where finished_at is not null;
create index agent_jobs_due on agent_jobs (least(expires_at, coalesce(lease_until, expires_at)))
  where state in ('queued', 'offered');
select tenant_table('agent_jobs');
-- The sweep asks of all tenants which have expired, or whose lease has lapsed.
select system_table('agent_jobs', 'select');

-- Runs of a discovery: what a complete one no longer saw is no longer there.
create table discovery_runs (
  organization_id uuid not null,
  agent_id text not null,
  source text not null,
  id text not null,
  started_at timestamptz not null default now(),
  completed_at timestamptz,
  sightings integer not null default 0,
  skipped jsonb not null default '[]',
  primary key (organization_id, agent_id, source, id),
  foreign key (organization_id, agent_id) references agents (organization_id, id)
);
select tenant_table('discovery_runs');

alter table certificate_locations add column gone_at timestamptz;
create index certificate_locations_by_agent on certificate_locations
  (organization_id, agent_id, source) where agent_id <> '' and gone_at is null;
