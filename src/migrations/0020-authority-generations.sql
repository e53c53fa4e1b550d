-- Keys of authorities that stand in hardware, issuers that follow one another in an authority, and
-- alerts that an authority itself ends.

alter table authority_certificates
  -- Counts the intermediates of an authority; the newest signs, the others answer for what they did.
  add column generation integer not null default 1,
  -- CKA_ID in hex of a key that a PKCS #11 token holds.
  add column token_key_id text,
  alter column sealed_key drop not null,
  add constraint authority_certificates_key check ((sealed_key is null) <> (token_key_id is null));
drop index authority_certificates_by_role;
create unique index authority_certificates_by_role
  on authority_certificates (organization_id, authority_id, role, generation)
  where role <> 'responder';

-- A key is made on a token before anything here can name it: what a crash leaves behind is found by
-- its row, and removed.
create table authority_key_intents (
  organization_id uuid not null references organizations (id),
  token_key_id text not null,
  library text not null,
  token_label text not null,
  sealed_pin bytea not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, token_key_id)
);
create index authority_key_intents_left on authority_key_intents (created_at);
select tenant_table('authority_key_intents');
select system_table('authority_key_intents', 'select');

alter table authority_crls add column generation integer not null default 1;
alter table authority_crls drop constraint authority_crls_pkey;
alter table authority_crls
  add primary key (organization_id, authority_id, issuer, generation);

-- Which issuer of the authority signed it.
alter table certificate_versions add column issuer_generation integer not null default 1;
drop index certificate_versions_revoked;
create index certificate_versions_revoked
  on certificate_versions (organization_id, issued_by, issuer_generation, serial)
  include (revoked_at, revocation_reason, valid_to)
  where revoked_at is not null and issued_by is not null;

-- The internal authority that signed the version in force, whoever was asked for it.
alter table certificates add column issued_by bigint;
alter table certificates no force row level security;
alter table certificate_versions no force row level security;
update certificates c set issued_by = v.issued_by
  from certificate_versions v
 where v.organization_id = c.organization_id and v.certificate_id = c.id and v.number = c.version
   and v.issued_by is not null;
alter table certificates force row level security;
alter table certificate_versions force row level security;

-- About a certificate, or about an authority itself.
alter table alerts
  alter column certificate_id drop not null,
  alter column workspace_id drop not null,
  add column authority_id bigint,
  add constraint alerts_authority foreign key (organization_id, authority_id)
    references certificate_authorities (organization_id, id),
  add constraint alerts_object check ((certificate_id is null) <> (authority_id is null));
create unique index alerts_open_of_authority on alerts (organization_id, authority_id, class)
  where status <> 'resolved' and authority_id is not null;
-- The sweep asks of all tenants whose authorities end.
create index authority_certificates_ending on authority_certificates (valid_to)
  where role <> 'responder';
select system_table('authority_certificates', 'select');
