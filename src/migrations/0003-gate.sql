-- Gate: connections to code hosts, repositories, scans, findings and what happened to them.

create extension if not exists pg_trgm;
-- Lets the tenant lead the text index too.
create extension if not exists btree_gin;

create table connections (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  provider text not null check (provider in ('github', 'gitlab', 'bitbucket', 'git')),
  -- Host for `git`; the provider's own otherwise.
  host text not null,
  name text not null,
  username text,
  sealed_token bytea not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  primary key (organization_id, id),
  unique (organization_id, provider, host)
);
select tenant_table('connections');

create table repositories (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  provider text not null check (provider in ('github', 'gitlab', 'bitbucket', 'git')),
  owner text not null,
  name text not null,
  clone_url text,
  default_branch text,
  created_at timestamptz not null default now(),
  primary key (organization_id, id)
);
-- Code hosts ignore the case of names; a git server's URL is one with `.git` at its end or without.
create unique index repositories_identity
  on repositories (organization_id, provider, lower(owner), lower(name)) where provider <> 'git';
create unique index repositories_git_identity
  on repositories (organization_id, regexp_replace(clone_url, '[.]git$', ''))
  where provider = 'git';
select tenant_table('repositories');

create table scans (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  repository_id uuid not null,
  source text not null check (source in ('platform', 'import')),
  scan_type text not null check (scan_type in ('code', 'cloud')),
  status text not null check (status in ('queued', 'running', 'completed', 'failed')),
  branch text,
  commit_sha text,
  base text,
  config jsonb not null,
  -- An import's document, and the tool that wrote it: one tool never resolves another's findings.
  artefact text,
  -- What the document was, after it is gone: a client's retry is recognised by it.
  document_sha256 text,
  tool text not null,
  error_code text,
  error_message text,
  complete boolean,
  total_findings integer,
  critical_count integer,
  high_count integer,
  medium_count integer,
  low_count integer,
  coverage jsonb,
  progress jsonb,
  lease_owner text,
  lease_until timestamptz,
  attempts integer not null default 0,
  created_by text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, repository_id) references repositories (organization_id, id)
);
create index scans_by_time on scans (organization_id, created_at desc, id desc);
create index scans_by_status on scans (organization_id, status, created_at desc);
create index scans_by_repository
  on scans (organization_id, repository_id, branch, created_at desc);
create index scans_at_work on scans (status, lease_until) where status in ('queued', 'running');
select tenant_table('scans');
-- The sweep looks for work that nobody holds, in every organization.
select system_table('scans', 'select');

-- One row per organization, repository and identity. Branches share it.
create table findings (
  organization_id uuid not null references organizations (id),
  -- Newest first means the highest number first: stable, unlike a time.
  number bigint generated always as identity,
  id uuid not null,
  repository_id uuid not null,
  tool text not null,
  scan_type text not null check (scan_type in ('sast', 'sca', 'secrets', 'iac', 'cspm')),
  rule_id text not null,
  severity text not null check (severity in ('critical', 'high', 'medium', 'low')),
  status text not null check (status in ('open', 'resolved', 'ignored')),
  -- Who set the status, where it is not open.
  status_by text check (status_by in ('scanner', 'person')),
  reason text,
  resolution_note text,
  expires_at timestamptz,
  seen_again boolean not null default false,
  title text not null,
  description text not null,
  remediation text not null,
  cwe_id text,
  file_path text,
  line_number integer,
  detail jsonb not null,
  first_scan_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, number),
  unique (organization_id, id),
  foreign key (organization_id, repository_id) references repositories (organization_id, id)
);
create index findings_by_group
  on findings (organization_id, scan_type, severity, status, number desc);
create index findings_by_repository
  on findings (organization_id, repository_id, scan_type, severity, status, number desc);
create index findings_by_cwe on findings (organization_id, cwe_id, number desc);
create index findings_to_expire on findings (expires_at)
  where status = 'ignored' and expires_at is not null;
create index findings_text on findings using gin
  (organization_id, (title || ' ' || rule_id || ' ' || coalesce(file_path, '')) gin_trgm_ops);
select tenant_table('findings');
select system_table('findings', 'select');

-- This table and the two that follow name findings without a foreign key: only ingest and triage
-- write them, in the transaction that writes the finding, and a look-up per row would be a quarter
-- of an import.
create table finding_fingerprints (
  organization_id uuid not null,
  repository_id uuid not null,
  tool text not null,
  algorithm text not null,
  value text not null,
  number bigint not null,
  primary key (organization_id, repository_id, tool, algorithm, value)
);
create index finding_fingerprints_by_finding on finding_fingerprints (organization_id, number);
select tenant_table('finding_fingerprints');

-- On which scanned branches a finding is.
create table finding_presence (
  organization_id uuid not null,
  repository_id uuid not null,
  branch text not null,
  number bigint not null,
  primary key (organization_id, repository_id, branch, number)
);
create index finding_presence_by_finding on finding_presence (organization_id, number);
select tenant_table('finding_presence');

-- What a scan saw, as one sorted array: a hundredth of what a row per finding costs.
create table scan_sightings (
  organization_id uuid not null,
  scan_id uuid not null,
  numbers bigint[] not null,
  primary key (organization_id, scan_id),
  foreign key (organization_id, scan_id) references scans (organization_id, id) on delete cascade
);
select tenant_table('scan_sightings');

-- Appended only: who did what to a finding, and when.
create table finding_history (
  organization_id uuid not null,
  number bigint not null,
  id bigint generated always as identity,
  at timestamptz not null default now(),
  event text not null check (event in
    ('opened', 'resolved', 'reopened', 'ignored', 'noted', 'seen_again', 'ignore_expired')),
  actor text not null,
  scan_id uuid,
  note text,
  reason text,
  primary key (organization_id, number, id)
);
select tenant_table('finding_history');

-- Exact totals without counting. A number is the sum of its rows: a writer adds its change, and
-- takes in what no other transaction holds, so that writers never wait for one another and there
-- are hardly ever two rows. The nil repository stands for all of an organization's together.
create table finding_counts (
  organization_id uuid not null,
  repository_id uuid not null,
  scan_type text not null,
  severity text not null,
  status text not null,
  n bigint not null
) with (autovacuum_vacuum_scale_factor = 0.02);
create index finding_counts_by_group
  on finding_counts (organization_id, repository_id, scan_type, severity, status);
select tenant_table('finding_counts');

create function change_finding_counts(changes finding_counts[]) returns void language sql as $$
  with free as (
    select c.ctid as place
      from unnest(changes) as change
      join finding_counts c using (organization_id, repository_id, scan_type, severity, status)
       for update of c skip locked
  ),
  taken as (
    delete from finding_counts c using free where c.ctid = free.place returning c.*
  )
  insert into finding_counts
  select organization_id, repository_id, scan_type, severity, status, sum(n)
    from (select * from unnest(changes) union all select * from taken) as parts
   group by 1, 2, 3, 4, 5 having sum(n) <> 0
$$;

-- Each list of changes holds every group twice: for its repository and for all together.
create function count_findings() returns trigger language plpgsql as $$
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  changes finding_counts[];
begin
  if tg_op = 'INSERT' then
    select array_agg((organization_id, coalesce(repository_id, nil), scan_type, severity, status,
        n)::finding_counts) into changes
      from (
        select organization_id, repository_id, scan_type, severity, status, count(*) as n
          from after_rows
         group by organization_id, scan_type, severity, status, rollup (repository_id)
      ) as grouped;
  elsif tg_op = 'DELETE' then
    select array_agg((organization_id, coalesce(repository_id, nil), scan_type, severity, status,
        n)::finding_counts) into changes
      from (
        select organization_id, repository_id, scan_type, severity, status, -count(*) as n
          from before_rows
         group by organization_id, scan_type, severity, status, rollup (repository_id)
      ) as grouped;
  else
    select array_agg((organization_id, coalesce(repository_id, nil), scan_type, severity, status,
        n)::finding_counts) into changes
      from (
        select organization_id, repository_id, scan_type, severity, status, sum(change) as n
          from (
            select organization_id, repository_id, scan_type, severity, status, 1 as change
              from after_rows
            union all
            select organization_id, repository_id, scan_type, severity, status, -1
              from before_rows
          ) as moved
         group by organization_id, scan_type, severity, status, rollup (repository_id)
        having sum(change) <> 0
      ) as grouped;
  end if;
  if changes is not null then
    perform change_finding_counts(changes);
  end if;
  return null;
end $$;

create trigger findings_inserted after insert on findings
  referencing new table as after_rows for each statement execute function count_findings();
create trigger findings_updated after update on findings
  referencing old table as before_rows new table as after_rows
  for each statement execute function count_findings();
create trigger findings_deleted after delete on findings
  referencing old table as before_rows for each statement execute function count_findings();

-- Findings whose text holds every word. ILIKE may not use an index under row-level security, since
-- it is not leakproof; so this runs as a role that sees all, and keeps to the tenant itself.
create function findings_matching(words text[])
returns table (number bigint, repository_id uuid, scan_type text, severity text, status text,
  cwe_id text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  patterns text[] := array(
    select '%' || regexp_replace(word, '([\\%_])', '\\\1', 'g') || '%'
      from unnest(words) as word order by length(word) desc);
begin
  return query
    select f.number, f.repository_id, f.scan_type, f.severity, f.status, f.cwe_id
      from public.findings f
     where f.organization_id = nullif(current_setting('app.organization', true), '')::uuid
       -- The index takes the longest word, a filter the others.
       and (f.title || ' ' || f.rule_id || ' ' || coalesce(f.file_path, '')) ilike patterns[1]
       and (f.title || ' ' || f.rule_id || ' ' || coalesce(f.file_path, '')) ilike all (patterns[2:]);
end $$;
revoke execute on function findings_matching(text[]) from public;
grant execute on function findings_matching(text[]) to panthera_tenant;
-- A function can only be given to a role that may create in its schema.
grant create on schema public to panthera_system;
alter function findings_matching(text[]) owner to panthera_system;
revoke create on schema public from panthera_system;
