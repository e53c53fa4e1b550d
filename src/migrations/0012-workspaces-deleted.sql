-- Keys, clients and the audit log go on naming a workspace that is gone; nobody is in it any more,
-- and nothing can be made in it.
alter table workspaces add column deleted_at timestamptz;
