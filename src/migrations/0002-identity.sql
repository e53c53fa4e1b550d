-- Who there is: organizations, their workspaces and people, and the keys of all surfaces.

create table organizations (
  id uuid primary key,
  name text not null,
  plan text not null check (plan in ('free', 'pro', 'enterprise')),
  -- The one made at the first start; its owners operate the installation.
  is_first boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index organizations_first on organizations (is_first) where is_first;
alter table organizations enable row level security;
alter table organizations force row level security;
create policy tenant on organizations for select to panthera_tenant
  using (id = nullif(current_setting('app.organization', true), '')::uuid);
grant select on organizations to panthera_tenant;
select system_table('organizations', 'select, insert, update');

create table workspaces (
  organization_id uuid not null references organizations (id),
  id text not null,
  name text not null,
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (organization_id, id)
);
create unique index workspaces_default on workspaces (organization_id) where is_default;
select tenant_table('workspaces');
select system_table('workspaces', 'select, insert');

-- People belong to the installation; memberships say to which organizations.
create table users (
  id uuid primary key,
  email text not null,
  password_hash text not null,
  password_changed_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index users_by_email on users (lower(email));
select system_table('users', 'select, insert, update');

create table memberships (
  organization_id uuid not null references organizations (id),
  user_id uuid not null references users (id),
  role text not null check (role in ('owner', 'admin', 'operator', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);
create index memberships_by_user on memberships (user_id);
select tenant_table('memberships');
select system_table('memberships', 'select');

create table api_keys (
  organization_id uuid not null references organizations (id),
  id text not null,
  workspace_id text not null,
  surface text not null check (surface in ('gate', 'trust', 'identity', 'certus')),
  type text not null,
  hash bytea not null unique,
  hint text not null,
  name text not null,
  description text,
  scopes text[] not null,
  ip_allow text[] not null default '{}',
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  -- Certus only: the sealed HMAC key of evidence packs.
  sealed_evidence_secret bytea,
  primary key (organization_id, id),
  foreign key (organization_id, workspace_id) references workspaces (organization_id, id)
);
create index api_keys_by_time on api_keys (organization_id, created_at desc);
select tenant_table('api_keys');
select system_table('api_keys', 'select, update');

-- One row, incremented by every revoking transaction: a node that polls it sees late committers
-- too, which a sequence would hide.
create table revocation_version (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);
insert into revocation_version (version) values (1);
select system_table('revocation_version', 'select, update');
grant select, update on revocation_version to panthera_tenant;
create policy everyone on revocation_version to panthera_tenant using (true) with check (true);
