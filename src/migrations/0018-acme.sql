-- Our own ACME server (RFC 8555): who has an account with an authority, and what they order.

-- Bind new accounts to somebody whom we know (section 7.3.4).
create table acme_eab_keys (
  organization_id uuid not null,
  authority_id bigint not null,
  id text not null,
  workspace_id text not null,
  name text not null,
  -- 32 bytes, sealed.
  sealed_key bytea not null,
  accounts_max integer not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, authority_id, id),
  foreign key (organization_id, authority_id)
    references certificate_authorities (organization_id, id),
  foreign key (organization_id, workspace_id) references workspaces (organization_id, id)
);
select tenant_table('acme_eab_keys');

create table acme_accounts (
  organization_id uuid not null,
  id uuid not null,
  authority_id bigint not null,
  -- Where its certificates appear.
  workspace_id text not null,
  -- RFC 7638, of the key.
  thumbprint text not null,
  jwk jsonb not null,
  status text not null check (status in ('valid', 'deactivated', 'revoked')),
  contacts text[] not null,
  eab_key_id text,
  address text,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, authority_id)
    references certificate_authorities (organization_id, id),
  foreign key (organization_id, authority_id, eab_key_id)
    references acme_eab_keys (organization_id, authority_id, id),
  foreign key (organization_id, workspace_id) references workspaces (organization_id, id)
);
create unique index acme_accounts_by_key
  on acme_accounts (organization_id, authority_id, thumbprint);
create index acme_accounts_by_eab_key
  on acme_accounts (organization_id, authority_id, eab_key_id) where eab_key_id is not null;
select tenant_table('acme_accounts');

-- `ready`, `expired` and the end of what waited too long are computed when they are read.
create table acme_orders (
  organization_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  authority_id bigint not null,
  status text not null check (status in ('pending', 'valid', 'invalid')),
  identifiers jsonb not null,
  -- The certificate that it replaces, as RFC 9773 names it.
  replaces text,
  error jsonb,
  certificate_id bigint,
  certificate_number integer,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, account_id) references acme_accounts (organization_id, id),
  foreign key (organization_id, certificate_id, certificate_number)
    references certificate_versions (organization_id, certificate_id, number)
);
create index acme_orders_by_account on acme_orders (organization_id, account_id, created_at);
create index acme_orders_by_certificate on acme_orders
  (organization_id, certificate_id, certificate_number) where certificate_id is not null;
create index acme_orders_by_replaced on acme_orders (organization_id, authority_id, replaces)
  where replaces is not null;
create index acme_orders_left on acme_orders (expires_at) where status <> 'valid';
select tenant_table('acme_orders');
select system_table('acme_orders', 'select, delete');

create table acme_authorizations (
  organization_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  authority_id bigint not null,
  kind text not null check (kind in ('dns', 'ip')),
  -- Without the star of a wildcard.
  value text not null,
  wildcard boolean not null,
  status text not null check (status in ('pending', 'valid', 'invalid', 'deactivated')),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, account_id) references acme_accounts (organization_id, id)
);
create index acme_authorizations_valid on acme_authorizations
  (organization_id, account_id, kind, value) where status = 'valid';
create index acme_authorizations_left on acme_authorizations (expires_at);
select tenant_table('acme_authorizations');
select system_table('acme_authorizations', 'select, delete');

create table acme_order_authorizations (
  organization_id uuid not null,
  order_id uuid not null,
  number integer not null,
  authorization_id uuid not null,
  primary key (organization_id, order_id, number),
  foreign key (organization_id, order_id)
    references acme_orders (organization_id, id) on delete cascade,
  foreign key (organization_id, authorization_id)
    references acme_authorizations (organization_id, id)
);
create index acme_order_authorizations_by_authorization
  on acme_order_authorizations (organization_id, authorization_id);
select tenant_table('acme_order_authorizations');
select system_table('acme_order_authorizations', 'select');

create table acme_challenges (
  organization_id uuid not null,
  id uuid not null,
  authorization_id uuid not null,
  type text not null check (type in ('http-01', 'dns-01', 'tls-alpn-01')),
  token text not null,
  status text not null check (status in ('pending', 'processing', 'valid', 'invalid')),
  -- What the account's key was when the client said that it is ready.
  thumbprint text,
  error jsonb,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  lease_owner text,
  lease_until timestamptz,
  validated_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, authorization_id)
    references acme_authorizations (organization_id, id) on delete cascade
);
create index acme_challenges_by_authorization
  on acme_challenges (organization_id, authorization_id);
create index acme_challenges_due on acme_challenges (next_attempt_at)
  where status = 'processing';
select tenant_table('acme_challenges');
select system_table('acme_challenges', 'select');

-- Those that were used, until they would have expired anyway: none is taken twice.
create table acme_used_nonces (
  organization_id uuid not null,
  nonce bytea not null,
  expires_at timestamptz not null,
  primary key (organization_id, nonce)
);
create index acme_used_nonces_by_time on acme_used_nonces (expires_at);
select tenant_table('acme_used_nonces');
select system_table('acme_used_nonces', 'select, delete');
