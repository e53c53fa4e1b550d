-- What API keys still lacked, and OAuth 2.0: clients, grants, refresh tokens, signing keys.

-- Switched off for a while; unlike a revoked key it can be switched on again.
alter table api_keys add column deactivated_at timestamptz;
-- The key that takes over; this one ends when their overlap does.
alter table api_keys add column rotated_to text;

create table oauth_clients (
  organization_id uuid not null references organizations (id),
  id text not null unique,
  workspace_id text not null,
  name text not null,
  grant_types text[] not null,
  scopes text[] not null,
  redirect_uris text[] not null default '{}',
  -- From its maker, whose bounds it never leaves.
  ip_allow text[] not null default '{}',
  expires_at timestamptz,
  secret_hash bytea not null,
  -- The one before a rotation, until the end of their overlap.
  previous_secret_hash bytea,
  previous_until timestamptz,
  created_at timestamptz not null default now(),
  created_by text not null,
  last_used_at timestamptz,
  deleted_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, workspace_id) references workspaces (organization_id, id)
);
create index oauth_clients_by_time on oauth_clients (organization_id, created_at desc);
select tenant_table('oauth_clients');
select system_table('oauth_clients', 'select, update');

-- A grant is the family of all tokens that came of one authentication with a client's secret.
create table oauth_grants (
  organization_id uuid not null,
  id text not null,
  client_id text not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  -- Nothing of the family outlives this.
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, client_id) references oauth_clients (organization_id, id)
);
create index oauth_grants_by_client on oauth_grants (organization_id, client_id);
create index oauth_grants_by_end on oauth_grants (expires_at);
select tenant_table('oauth_grants');
select system_table('oauth_grants', 'select, delete');

create table oauth_refresh_tokens (
  organization_id uuid not null,
  hash bytea not null,
  grant_id text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  successor_hash bytea,
  -- Encrypted under a key that only who holds this token can derive.
  successor_box bytea,
  primary key (organization_id, hash),
  foreign key (organization_id, grant_id)
    references oauth_grants (organization_id, id) on delete cascade
);
-- Whoever hands in a token to be revoked says no tenant.
create unique index oauth_refresh_tokens_by_hash on oauth_refresh_tokens (hash);
create index oauth_refresh_tokens_by_grant on oauth_refresh_tokens (organization_id, grant_id);
select tenant_table('oauth_refresh_tokens');
select system_table('oauth_refresh_tokens', 'select');

-- Single access tokens; a row may go when its token has expired anyway.
create table oauth_revoked_tokens (
  organization_id uuid not null,
  jti text not null,
  expires_at timestamptz not null,
  revoked_at timestamptz not null default now(),
  primary key (organization_id, jti)
);
create index oauth_revoked_tokens_by_end on oauth_revoked_tokens (expires_at);
select tenant_table('oauth_revoked_tokens');
select system_table('oauth_revoked_tokens', 'select, delete');

-- Keys that sign access tokens. Each is published some time before it signs, and after it did.
create table signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  sealed_private_key bytea not null,
  created_at timestamptz not null default now(),
  signs_from timestamptz not null,
  -- Unpublished at once, with all tokens that it signed.
  withdrawn_at timestamptz
);
select system_table('signing_keys', 'select, insert, update, delete');
