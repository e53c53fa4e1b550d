-- Evidence packs, and the Merkle log that says in which order they came.

create table evidence_repositories (
  organization_id uuid not null references organizations (id),
  slug text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, slug)
);
select tenant_table('evidence_repositories');

create table evidence_packs (
  organization_id uuid not null,
  -- As the submission names it.
  id text not null,
  scan_id uuid not null,
  repository text not null,
  branch text not null,
  commit_hash text not null,
  pull_request integer,
  scanned_at timestamptz,
  -- The key whose evidence secret made the seal.
  key_id text not null,
  signed_hash text not null,
  -- SHA-256 of the canonical content.
  digest bytea not null,
  claimed_grade text not null,
  claimed_score double precision not null,
  computed jsonb not null,
  grade text not null,
  severities jsonb not null,
  -- Control results by their status.
  controls jsonb not null,
  -- Findings by weakness, kind of scan and severity.
  weaknesses jsonb not null,
  control_results jsonb not null,
  frameworks text[] not null,
  -- The DSSE envelope as canonical JSON: byte for byte the log's entry.
  envelope text not null,
  log_index bigint not null,
  -- Of the moment when the log was held: in the order of log_index.
  stored_at timestamptz not null,
  primary key (organization_id, id),
  unique (organization_id, log_index),
  foreign key (organization_id, repository)
    references evidence_repositories (organization_id, slug)
);
create index evidence_packs_by_time on evidence_packs (organization_id, stored_at desc, id);
create index evidence_packs_by_repository
  on evidence_packs (organization_id, repository, log_index desc);
create index evidence_packs_by_branch
  on evidence_packs (organization_id, repository, branch, log_index desc);
select tenant_table('evidence_packs');
-- What was submitted stays as it is.
revoke update, delete on evidence_packs from panthera_tenant;

-- Apart from the packs, so that a list does not read through megabytes.
create table evidence_contents (
  organization_id uuid not null,
  pack_id text not null,
  -- Canonical JSON without signed_hash, compressed with zstd (RFC 8878).
  body bytea not null,
  primary key (organization_id, pack_id),
  foreign key (organization_id, pack_id) references evidence_packs (organization_id, id)
);
alter table evidence_contents alter column body set storage external;
select tenant_table('evidence_contents');
revoke update, delete on evidence_contents from panthera_tenant;

-- Whoever appends holds this row, so a log has one order.
create table evidence_logs (
  organization_id uuid primary key references organizations (id),
  -- The log's name, which outlives a change of the public URL.
  origin text not null,
  size bigint not null,
  -- A signed note of the head (C2SP tlog-checkpoint).
  checkpoint text not null
);
select tenant_table('evidence_logs');

create table evidence_log_tiles (
  organization_id uuid not null,
  level integer not null,
  index bigint not null,
  -- 32 bytes per hash, at most 256 of them (C2SP tlog-tiles).
  hashes bytea not null,
  primary key (organization_id, level, index)
);
select tenant_table('evidence_log_tiles');
