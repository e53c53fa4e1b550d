-- Whose credentials are, and what the tokens on the way in stand for.

-- The person behind a key or client, also where another of that person's keys made it. Null: the
-- organization's own.
alter table api_keys add column person_id uuid;
create index api_keys_by_person on api_keys (organization_id, person_id)
  where person_id is not null;
alter table oauth_clients add column person_id uuid;
create index oauth_clients_by_person on oauth_clients (organization_id, person_id)
  where person_id is not null;

-- Who let somebody choose another password, and in which organization: asked again when the token
-- comes back. Tokens of before say neither. The row itself stays the installation's.
alter table login_challenges add column issued_in uuid;
alter table login_challenges add column issued_by uuid;
delete from login_challenges where purpose = 'password_reset';
alter table login_challenges add constraint password_reset_is_issued
  check (purpose <> 'password_reset' or (issued_in is not null and issued_by is not null));
-- What is accepted once the second step is done.
alter table login_challenges add column invitation_hash bytea;

-- The first owner of an organization is let in by a credential, as there is no person yet.
alter table invitations add column for_first_owner boolean not null default false;
