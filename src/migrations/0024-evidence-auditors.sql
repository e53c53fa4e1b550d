-- What an auditor meets: exceptions that two people made, links that open a part of the evidence,
-- and how long evidence is kept.

-- A finding whose risk somebody accepts until a day, once a second person agrees. Packs stay as they
-- are: an exception is only ever shown beside them.
create table evidence_exceptions (
  organization_id uuid not null,
  id uuid not null,
  repository text not null,
  -- The finding's fingerprint, or its id where it has none.
  finding text not null,
  -- As the pack had it when the exception was asked for: title, severity, rule_id, cwe_id.
  about jsonb not null,
  evidence_pack_id text not null,
  reason text not null,
  state text not null default 'requested' check (
    state in ('requested', 'approved', 'rejected', 'revoked', 'expired')),
  requested_by jsonb not null,
  requested_person uuid not null,
  requested_at timestamptz not null default now(),
  decided_by jsonb,
  decided_person uuid,
  decided_at timestamptz,
  decision_note text,
  expires_at timestamptz not null,
  ended_by jsonb,
  ended_at timestamptz,
  end_reason text,
  primary key (organization_id, id),
  foreign key (organization_id, repository)
    references evidence_repositories (organization_id, slug),
  check (decided_person is null or decided_person <> requested_person)
);
create unique index evidence_exceptions_open
  on evidence_exceptions (organization_id, repository, finding)
  where state in ('requested', 'approved');
create index evidence_exceptions_by_time
  on evidence_exceptions (organization_id, requested_at desc, id);
create index evidence_exceptions_by_end on evidence_exceptions (expires_at)
  where state in ('requested', 'approved');
select tenant_table('evidence_exceptions');
select system_table('evidence_exceptions', 'select');

create table evidence_auditor_links (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  name text not null,
  -- SHA-256 of the token.
  token_hash bytea not null unique,
  -- Each null: without that bound.
  repositories text[],
  frameworks text[],
  packs_from timestamptz,
  packs_to timestamptz,
  created_by jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_read_at timestamptz,
  reads bigint not null default 0,
  primary key (organization_id, id)
);
create index evidence_auditor_links_by_time
  on evidence_auditor_links (organization_id, created_at desc, id);
select tenant_table('evidence_auditor_links');
select system_table('evidence_auditor_links', 'select');

-- Whoever removes packs or sets a hold has locked this row, so that neither passes the other by.
create table evidence_retention (
  organization_id uuid primary key references organizations (id),
  -- Null: packs are kept for ever.
  days integer check (days between 30 and 36500),
  updated_at timestamptz not null default now()
);
select tenant_table('evidence_retention');
select system_table('evidence_retention', 'select');

create table evidence_holds (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  -- Null: of all repositories.
  repository text,
  reason text not null,
  set_by jsonb not null,
  set_at timestamptz not null default now(),
  released_by jsonb,
  released_at timestamptz,
  release_reason text,
  primary key (organization_id, id)
);
select tenant_table('evidence_holds');
select system_table('evidence_holds', 'select');
revoke delete on evidence_holds from panthera_tenant;

-- What stays of a pack that was removed: enough for its proof to hold, and its id stays taken.
create table evidence_tombstones (
  organization_id uuid not null,
  pack_id text not null,
  repository text not null,
  digest bytea not null,
  log_index bigint not null,
  leaf_hash bytea not null,
  stored_at timestamptz not null,
  removed_at timestamptz not null,
  -- The rule that it fell under.
  days integer not null,
  primary key (organization_id, pack_id),
  unique (organization_id, log_index)
);
select tenant_table('evidence_tombstones');
revoke update, delete on evidence_tombstones from panthera_tenant;

-- Entries of the log that are no packs: removals and holds.
create table evidence_log_records (
  organization_id uuid not null,
  log_index bigint not null,
  entry text not null,
  primary key (organization_id, log_index)
);
select tenant_table('evidence_log_records');
revoke update, delete on evidence_log_records from panthera_tenant;

-- Tenants change and remove nothing; what is past its time goes by the retention alone.
select system_table('evidence_packs', 'select, delete');
select system_table('evidence_contents', 'select, delete');
create index evidence_packs_by_age on evidence_packs (organization_id, stored_at);
