-- What lock files and manifests of a scan say is used: for its bill of materials.
create table scan_packages (
  organization_id uuid not null,
  scan_id uuid not null,
  packages jsonb not null,
  primary key (organization_id, scan_id),
  foreign key (organization_id, scan_id) references scans (organization_id, id) on delete cascade
);
select tenant_table('scan_packages');
