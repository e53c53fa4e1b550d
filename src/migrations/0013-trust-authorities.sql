-- Who issues certificates, and of internal ones the keys and what they say of revocation.

create table certificate_authorities (
  organization_id uuid not null references organizations (id),
  id bigint generated always as identity,
  name text not null,
  type text not null check (type in ('internal', 'acme', 'digicert', 'sectigo', 'csr')),
  settings jsonb not null,
  -- Names it in addresses that anyone may ask: CRL and OCSP.
  public_token text not null unique,
  -- The one made without being asked for, which serves who names none.
  is_default boolean not null default false,
  -- Raised by every revocation: a CRL of another number is out of date.
  revocations bigint not null default 0,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (organization_id, id)
);
create unique index certificate_authorities_by_name
  on certificate_authorities (organization_id, lower(name)) where deleted_at is null;
create unique index certificate_authorities_default
  on certificate_authorities (organization_id) where is_default and deleted_at is null;
select tenant_table('certificate_authorities');
-- A public address carries nothing but the token.
select system_table('certificate_authorities', 'select');

create table authority_certificates (
  organization_id uuid not null,
  authority_id bigint not null,
  id uuid not null,
  role text not null check (role in ('root', 'intermediate', 'responder')),
  der bytea not null,
  -- As what it signs names its key.
  subject_key_id bytea,
  -- PKCS #8, sealed.
  sealed_key bytea not null,
  valid_to timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, authority_id, id),
  foreign key (organization_id, authority_id)
    references certificate_authorities (organization_id, id)
);
create unique index authority_certificates_by_role
  on authority_certificates (organization_id, authority_id, role) where role <> 'responder';
create index authority_certificates_by_key on authority_certificates
  (organization_id, subject_key_id) where role = 'intermediate';
select tenant_table('authority_certificates');

-- The latest list of each issuer, kept because making one takes time.
create table authority_crls (
  organization_id uuid not null,
  authority_id bigint not null,
  issuer text not null check (issuer in ('root', 'intermediate')),
  number bigint not null,
  -- `certificate_authorities.revocations` when it was made.
  revocations bigint not null,
  der bytea not null,
  this_update timestamptz not null,
  next_update timestamptz not null,
  primary key (organization_id, authority_id, issuer),
  foreign key (organization_id, authority_id)
    references certificate_authorities (organization_id, id)
);
select tenant_table('authority_crls');
