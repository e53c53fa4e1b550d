-- Principals by the names that others give them, and in one order per type for searches.

create index principals_by_foreign_id on principals (organization_id, external_id)
  where external_id is not null and deleted_at is null;
-- Of the address as it is: under row-level security no index serves a function of it.
create index principals_by_email on principals (organization_id, email)
  where email is not null and deleted_at is null;
create index principals_in_order on principals (organization_id, type, id)
  where deleted_at is null;
