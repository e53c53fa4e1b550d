-- How people come in (sessions, second factors, guesses, invitations), what they may reach, and
-- the seal of the audit log.

-- Owners and admins are in every workspace of their organization; the others where they stand here.
create table workspace_members (
  organization_id uuid not null,
  workspace_id text not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, workspace_id, user_id),
  foreign key (organization_id, workspace_id)
    references workspaces (organization_id, id) on delete cascade,
  foreign key (organization_id, user_id)
    references memberships (organization_id, user_id) on delete cascade
);
create index workspace_members_by_user on workspace_members (organization_id, user_id);
select tenant_table('workspace_members');
select system_table('workspace_members', 'select');

alter table users add column name text;

-- A tenant sees who its members are, and nothing that they log in with.
create policy tenant on users for select to panthera_tenant
  using (exists (select from memberships m where m.user_id = users.id));
grant select (id, email, name, password_changed_at, created_at) on users to panthera_tenant;

-- The cookie is a random value; what is kept is its hash.
create table sessions (
  id uuid primary key,
  hash bytea not null unique,
  user_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  address text not null,
  user_agent text,
  -- How the person proved who they are (RFC 8176): pwd, otp.
  methods text[] not null
);
create index sessions_by_user on sessions (user_id);
create index sessions_by_end on sessions (expires_at);
select system_table('sessions', 'select, insert, update, delete');

-- Tokens on the way in: the password was right and the second step is still to come, or an admin
-- lets somebody choose another password.
create table login_challenges (
  hash bytea primary key,
  user_id uuid not null references users (id) on delete cascade,
  purpose text not null check (purpose in ('second_step', 'password_reset')),
  attempts integer not null default 0,
  expires_at timestamptz not null
);
create index login_challenges_by_end on login_challenges (expires_at);
select system_table('login_challenges', 'select, insert, update, delete');

create table user_totp (
  user_id uuid primary key references users (id) on delete cascade,
  sealed_secret bytea not null,
  -- Codes of this time step (RFC 6238) and of earlier ones are used up.
  last_step bigint not null default 0,
  -- Null until the first code has shown that an app holds the secret.
  confirmed_at timestamptz
);
select system_table('user_totp', 'select, insert, update, delete');

create table recovery_codes (
  user_id uuid not null references users (id) on delete cascade,
  hash bytea not null,
  used_at timestamptz,
  primary key (user_id, hash)
);
select system_table('recovery_codes', 'select, insert, update, delete');

-- Guesses of passwords and codes; subjects are hashes of accounts, addresses and devices.
create table guess_windows (
  subject text not null,
  starts_at timestamptz not null,
  used integer not null,
  primary key (subject, starts_at)
);
create index guess_windows_by_start on guess_windows (starts_at);
select system_table('guess_windows', 'select, insert, update, delete');

create table invitations (
  organization_id uuid not null references organizations (id),
  id text not null,
  email text not null,
  role text not null check (role in ('owner', 'admin', 'operator', 'viewer')),
  workspace_ids text[] not null,
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  primary key (organization_id, id)
);
create index invitations_by_time on invitations (organization_id, created_at desc);
select tenant_table('invitations');
select system_table('invitations', 'select');

-- Audit rows that are not chained yet: written with the row itself, taken away by the sealer. A
-- position in time would miss rows that commit late.
create table audit_pending (
  organization_id uuid not null,
  event_id uuid not null,
  primary key (organization_id, event_id)
);
select tenant_table('audit_pending');
select system_table('audit_pending', 'select');

-- The chain: each hash covers its row, its number and the hash before it.
create table audit_seals (
  organization_id uuid not null,
  seq bigint not null,
  event_id uuid not null,
  hash bytea not null,
  primary key (organization_id, seq),
  unique (organization_id, event_id)
);
select tenant_table('audit_seals');
revoke update, delete on audit_seals from panthera_tenant;

create table audit_heads (
  organization_id uuid primary key,
  seq bigint not null default 0,
  hash bytea not null,
  checkpoint_seq bigint not null default 0,
  checkpoint_at timestamptz not null default to_timestamp(0)
);
select tenant_table('audit_heads');
select system_table('audit_heads', 'select');

create table audit_checkpoints (
  organization_id uuid not null,
  seq bigint not null,
  hash bytea not null,
  at timestamptz not null,
  key_id text not null,
  signature bytea not null,
  primary key (organization_id, seq)
);
select tenant_table('audit_checkpoints');
revoke update, delete on audit_checkpoints from panthera_tenant;

-- What was written before there was a sealer waits for it, too. The owner of the tables is bound by
-- their policies as well, and by none that lets it see every tenant.
alter table audit_events no force row level security;
alter table audit_pending no force row level security;
insert into audit_pending (organization_id, event_id) select organization_id, id from audit_events;
alter table audit_events force row level security;
alter table audit_pending force row level security;

create index audit_events_by_object on audit_events (organization_id, object_type, object_id);
