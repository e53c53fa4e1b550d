-- Authorities elsewhere that we are a client of: their secrets, our accounts with ACME servers
-- (RFC 8555), and what proves names to them.

-- JSON of those settings that nobody is shown again, sealed.
alter table certificate_authorities add column sealed_settings bytea;

-- The key stands here before the server is told of it: a repeat finds the same account.
create table acme_client_accounts (
  organization_id uuid not null,
  authority_id bigint not null,
  id uuid not null,
  directory_url text not null,
  -- PKCS #8, sealed.
  sealed_key bytea not null,
  -- Null until the server has answered.
  url text,
  created_at timestamptz not null default now(),
  -- The server does not know it any more.
  ended_at timestamptz,
  primary key (organization_id, authority_id, id),
  foreign key (organization_id, authority_id)
    references certificate_authorities (organization_id, id)
);
create unique index acme_client_accounts_current
  on acme_client_accounts (organization_id, authority_id, directory_url) where ended_at is null;
select tenant_table('acme_client_accounts');

-- Written before the server may ask, and gone when it has asked; of dns-01 the record is removed
-- first.
create table acme_client_answers (
  organization_id uuid not null,
  authority_id bigint not null,
  -- Names the order for which it stands.
  order_id text not null,
  token text not null,
  kind text not null check (kind in ('http-01', 'dns-01', 'tls-alpn-01')),
  identifier text not null,
  key_authorization text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (organization_id, authority_id, order_id, token),
  foreign key (organization_id, authority_id)
    references certificate_authorities (organization_id, id)
);
-- Who asks for a token or a name says nothing of an organization.
create index acme_client_answers_by_token on acme_client_answers (token);
create index acme_client_answers_by_identifier on acme_client_answers (identifier);
create index acme_client_answers_left on acme_client_answers (expires_at);
select tenant_table('acme_client_answers');
select system_table('acme_client_answers', 'select, delete');

-- Revocations that an authority elsewhere has still to confirm.
create table authority_revocations (
  organization_id uuid not null,
  certificate_id bigint not null,
  number integer not null,
  authority_id bigint not null,
  reason integer not null,
  state text not null default 'queued' check (state in ('queued', 'confirmed', 'refused')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  message text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (organization_id, certificate_id, number),
  foreign key (organization_id, certificate_id, number)
    references certificate_versions (organization_id, certificate_id, number),
  foreign key (organization_id, authority_id)
    references certificate_authorities (organization_id, id)
);
create index authority_revocations_due on authority_revocations (next_attempt_at)
  where state = 'queued';
select tenant_table('authority_revocations');
select system_table('authority_revocations', 'select');

-- When the authority says that the version in force is best renewed (RFC 9773).
alter table certificates
  add column advised_from timestamptz,
  add column advice_asked_at timestamptz,
  add column advice_due_at timestamptz;
create index certificates_advised on certificates (advised_from)
  where auto_renew and revoked_at is null and advised_from is not null;
