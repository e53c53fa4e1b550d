-- What a project accepts itself, by a comment in its source or in its settings, is known and listed
-- as ignored by the code. On each branch it is set aside or not; open it is while one branch has it
-- otherwise.
alter table findings drop constraint findings_status_by_check;
alter table findings add constraint findings_status_by_check
  check (status_by in ('scanner', 'person', 'code'));

alter table finding_presence add column set_aside boolean not null default false;

-- What a scan saw set aside, and by what: two lists in the same order.
alter table scan_sightings
  add column set_aside bigint[] not null default '{}',
  add column set_aside_by jsonb not null default '[]';
