-- What events bring to evidence: completed scans that become packs, and facts for controls.

-- A queued row is the job: its artefact waits to become a pack.
create table evidence_scans (
  organization_id uuid not null references organizations (id),
  -- Gate's own.
  scan_id uuid not null,
  state text not null default 'queued' check (state in ('queued', 'stored', 'failed', 'skipped')),
  -- The event's: repository, branch, commit, pull request, time and artefact.
  evidence jsonb not null,
  -- Why there is no pack, or not yet.
  reason text,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (organization_id, scan_id)
);
create index evidence_scans_due on evidence_scans (next_attempt_at) where state = 'queued';
create index evidence_scans_ended on evidence_scans (organization_id, ended_at)
  where ended_at is not null;
select tenant_table('evidence_scans');
select system_table('evidence_scans', 'select');

-- What the platform's own records say of the things that controls ask for: the last state of each.
create table evidence_facts (
  organization_id uuid not null references organizations (id),
  kind text not null check (kind in ('certificates', 'decisions', 'identity', 'audit')),
  -- What it is about, as its own surface names it.
  object text not null,
  -- For people.
  name text not null,
  state text not null check (state in ('good', 'warning', 'bad', 'gone')),
  reason text,
  -- From when on a good certificate is none any more.
  good_until timestamptz,
  observed_at timestamptz not null,
  event_name text not null,
  event_id uuid not null,
  primary key (organization_id, kind, object)
);
create index evidence_facts_gone on evidence_facts (organization_id, observed_at)
  where state = 'gone';
select tenant_table('evidence_facts');

-- A repository is the same in whichever case its name is written, as code hosts have it.
create index evidence_repositories_folded
  on evidence_repositories (organization_id, lower(slug));
