-- Code hosts that tell of pushes, the checks that answer them, and logins by an OpenID provider.

-- Whose word about which repositories is heard: an installation of the GitHub App, or a webhook of
-- GitLab or Bitbucket with a secret of its own.
create table code_host_links (
  organization_id uuid not null references organizations (id),
  id uuid not null,
  provider text not null check (provider in ('github', 'gitlab', 'bitbucket')),
  -- GitHub's number of the installation.
  installation_id text,
  -- Whose installation it is, or how people call the webhook.
  name text not null,
  sealed_secret bytea,
  branches text not null default 'all' check (branches in ('all', 'default')),
  -- A pack with a worse grade fails its check.
  minimum_grade text not null default 'C' check (minimum_grade in ('A', 'B', 'C', 'D', 'E', 'F')),
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  check ((provider = 'github') = (installation_id is not null)),
  check ((provider = 'github') = (sealed_secret is null))
);
-- An installation belongs to one organization.
create unique index code_host_links_installation on code_host_links (installation_id)
  where installation_id is not null;
create unique index code_host_links_id on code_host_links (id);
select tenant_table('code_host_links');
-- Who sent a delivery is known before whose it is.
select system_table('code_host_links', 'select');

-- A delivery is heard once, however often it is sent.
create table code_host_deliveries (
  organization_id uuid not null,
  link_id uuid not null,
  delivery_id text not null,
  event text not null,
  received_at timestamptz not null default now(),
  primary key (organization_id, link_id, delivery_id)
);
create index code_host_deliveries_by_time on code_host_deliveries (received_at);
select tenant_table('code_host_deliveries');
select system_table('code_host_deliveries', 'select, delete');

-- GitHub's failed deliveries that were asked for again.
create table code_host_redeliveries (
  delivery_id text primary key,
  attempts integer not null default 0,
  tried_at timestamptz not null default now()
);
select system_table('code_host_redeliveries', 'select, insert, update, delete');

-- One commit to look at and to answer for. The row is the job.
create table repository_checks (
  organization_id uuid not null references organizations (id),
  -- Also of the scan that is made for it.
  id uuid not null,
  link_id uuid not null,
  owner text not null,
  name text not null,
  commit_hash text not null,
  branch text not null,
  is_fork boolean not null,
  is_private boolean not null,
  pull_requests integer[] not null default '{}',
  -- What would make the same commit another check: settings, and a run that somebody asked for.
  variant text not null,
  state text not null default 'received'
    check (state in ('received', 'scanning', 'settled', 'reported', 'given_up')),
  outcome jsonb,
  check_run_id bigint,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  lease_owner text,
  lease_until timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  reported_at timestamptz,
  primary key (organization_id, id)
);
create unique index repository_checks_identity on repository_checks
  (organization_id, link_id, lower(owner), lower(name), commit_hash, variant);
create index repository_checks_by_time on repository_checks (organization_id, created_at desc, id);
create index repository_checks_due on repository_checks (next_attempt_at)
  where state in ('received', 'settled');
select tenant_table('repository_checks');
select system_table('repository_checks', 'select, delete');

-- The one comment that a pull request has from us, and the check that it shows.
create table pull_request_comments (
  organization_id uuid not null,
  link_id uuid not null,
  owner text not null,
  name text not null,
  pull_request integer not null,
  comment_id text not null,
  shows_since timestamptz not null,
  primary key (organization_id, link_id, owner, name, pull_request)
);
select tenant_table('pull_request_comments');

-- Who asked for a scan, and where its code may be read.
alter table scans add column pull_request integer;
alter table scans add column installation_id text;
-- A stranger's pull request: no credential of the organization's is used for it.
alter table scans add column is_fork boolean not null default false;

-- A session opens the surface that it was made on.
alter table sessions add column surface text not null default 'trust'
  check (surface in ('trust', 'certus'));

-- Accounts at an OpenID provider, by what never changes there.
create table user_identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (issuer, subject)
);
create index user_identities_by_user on user_identities (user_id);
select system_table('user_identities', 'select, insert');
