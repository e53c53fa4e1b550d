-- Certificates as they are managed: one row keeps its id through every renewal, and its versions
-- are what was issued or imported.

create table renewal_policies (
  organization_id uuid not null references organizations (id),
  id bigint generated always as identity,
  name text not null,
  renewal_threshold integer not null,
  method text not null check (method in ('acme', 'csr', 'api')),
  key_rotation boolean not null,
  key_type text,
  key_size integer,
  auto_deployment boolean not null,
  deployment_targets text[] not null,
  notification_channels text[] not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id)
);
create unique index renewal_policies_by_name on renewal_policies (organization_id, lower(name));
select tenant_table('renewal_policies');

create table certificates (
  organization_id uuid not null,
  id bigint generated always as identity,
  workspace_id text not null,
  authority_id bigint,
  fallback_authority_id bigint,
  renewal_policy_id bigint,
  source text not null check (source in ('issued', 'imported', 'discovered')),
  common_name text not null,
  subject_alternative_names text[] not null,
  key_type text not null,
  key_size integer not null,
  -- What was asked for, which renewals ask for again; null: as long as the authority gives.
  validity_days integer,
  usages text[] not null default '{serverAuth}',
  -- What its owner sent where the key is not here; renewals ask with it again.
  csr bytea,
  -- Of the version in force; null until there is one.
  version integer,
  issuer text,
  serial_number text,
  fingerprint text,
  valid_from timestamptz,
  valid_to timestamptz,
  -- From when on it is renewed by itself.
  renew_from timestamptz,
  revoked_at timestamptz,
  revocation_reason text,
  revocation_comments text,
  auto_renew boolean not null,
  renewal_threshold_days integer not null,
  renewal_status text not null default 'none' check (
    renewal_status in ('none', 'pending', 'in_progress', 'waiting_csr', 'deployed', 'failed')),
  deployment_targets text[] not null default '{}',
  -- Whether the key of the version in force is kept here.
  has_private_key boolean not null default false,
  search text not null generated always as
    (lower(common_name || ' ' || coalesce(issuer, ''))) stored,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, workspace_id) references workspaces (organization_id, id),
  foreign key (organization_id, authority_id)
    references certificate_authorities (organization_id, id),
  foreign key (organization_id, fallback_authority_id)
    references certificate_authorities (organization_id, id),
  foreign key (organization_id, renewal_policy_id)
    references renewal_policies (organization_id, id)
);
-- In the orders of the list, with what its filters ask: a page and its total read no rows.
create index certificates_by_expiry on certificates (organization_id, valid_to, id)
  include (revoked_at, workspace_id);
create index certificates_by_name on certificates (organization_id, common_name collate "C", id)
  include (revoked_at, valid_to, workspace_id);
create index certificates_by_time on certificates (organization_id, created_at, id)
  include (revoked_at, valid_to, workspace_id);
create index certificates_by_authority on certificates
  (organization_id, authority_id, created_at, id) include (revoked_at, valid_to, workspace_id);
create index certificates_revoked on certificates (organization_id, created_at, id)
  include (workspace_id) where revoked_at is not null;
create index certificates_by_text on certificates (organization_id, id)
  include (search, workspace_id);
create index certificates_by_fingerprint on certificates
  (organization_id, fingerprint collate "C");
create index certificates_by_policy on certificates (organization_id, renewal_policy_id)
  where renewal_policy_id is not null;
create index certificates_due on certificates (renew_from)
  where auto_renew and revoked_at is null;
create index certificates_ending on certificates (valid_to) where revoked_at is null;
create index certificates_failed on certificates (id)
  where renewal_status = 'failed' and revoked_at is null;
select tenant_table('certificates');
-- The sweep asks of all tenants whose certificates are due.
select system_table('certificates', 'select');

create table certificate_versions (
  organization_id uuid not null,
  certificate_id bigint not null,
  number integer not null,
  workspace_id text not null,
  fingerprint bytea not null,
  serial bytea not null,
  -- The internal authority that signed it; null where another did.
  issued_by bigint,
  -- The renewal that it came from: none yields two.
  renewal_id bigint,
  der bytea not null,
  -- Issuer first, without the root; null where `issued_by` tells it.
  chain bytea[],
  public_key_sha256 bytea not null,
  -- PKCS #8, sealed; null where only somebody else has it.
  sealed_key bytea,
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  revoked_at timestamptz,
  -- RFC 5280, section 5.3.1.
  revocation_reason smallint,
  created_at timestamptz not null default now(),
  primary key (organization_id, certificate_id, number),
  foreign key (organization_id, certificate_id) references certificates (organization_id, id),
  foreign key (organization_id, issued_by)
    references certificate_authorities (organization_id, id)
);
create unique index certificate_versions_by_fingerprint
  on certificate_versions (organization_id, workspace_id, fingerprint);
-- Twice where what one workspace has issued is brought into another.
create index certificate_versions_by_serial
  on certificate_versions (organization_id, issued_by, serial) where issued_by is not null;
create unique index certificate_versions_by_renewal
  on certificate_versions (organization_id, renewal_id) where renewal_id is not null;
create index certificate_versions_compromised
  on certificate_versions (organization_id, public_key_sha256) where revocation_reason = 1;
create index certificate_versions_revoked
  on certificate_versions (organization_id, issued_by, serial)
  include (revoked_at, revocation_reason, valid_to)
  where revoked_at is not null and issued_by is not null;
select tenant_table('certificate_versions');

create table discovered_certificates (
  organization_id uuid not null,
  id bigint generated always as identity,
  workspace_id text not null,
  fingerprint bytea not null,
  der bytea not null,
  chain bytea[] not null default '{}',
  imported_certificate_id bigint,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, workspace_id) references workspaces (organization_id, id),
  foreign key (organization_id, imported_certificate_id)
    references certificates (organization_id, id)
);
create unique index discovered_certificates_by_fingerprint
  on discovered_certificates (organization_id, workspace_id, fingerprint);
select tenant_table('discovered_certificates');

-- Where a certificate was seen, whether it is managed or only discovered.
create table certificate_locations (
  organization_id uuid not null,
  workspace_id text not null,
  fingerprint bytea not null,
  source text not null check (source in ('filesystem', 'kubernetes', 'cloud', 'network')),
  -- Empty where no agent saw it.
  agent_id text not null default '',
  hostname text not null,
  path text not null,
  has_private_key boolean not null,
  last_seen_at timestamptz not null default now(),
  primary key (organization_id, workspace_id, fingerprint, source, agent_id, hostname, path)
);
select tenant_table('certificate_locations');
