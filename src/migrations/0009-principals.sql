-- Principals, whom policies speak of: members and Identity's keys are some from their first moment
-- on, others are created. And the resources that policies know more of than a name.

-- 60 random bits in lower-case Crockford base32. The low five bits of these bytes of a random UUID
-- are all random.
create function new_principal_id() returns text language sql volatile as $$
  select 'principal_' || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz',
      (get_byte(made.bytes, place) & 31) + 1, 1), '')
    from (select uuid_send(gen_random_uuid()) as bytes) as made,
      unnest(array[0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14]) as place
$$;

create table principals (
  organization_id uuid not null references organizations (id),
  id text not null,
  type text not null check (type in ('USER', 'SERVICE_ACCOUNT', 'API_KEY', 'AI_AGENT')),
  -- Its own. What holds is the worst of it and of its owners'.
  status text not null default 'active' check (status in ('active', 'suspended', 'terminated')),
  name text not null,
  email text,
  description text,
  attributes jsonb not null default '{}',
  groups text[] not null default '{}',
  metadata jsonb not null default '{}',
  owner_id text,
  connector_source text,
  external_id text,
  -- The member that it stands for.
  user_id uuid,
  created_at timestamptz not null default now(),
  created_by text not null,
  updated_at timestamptz not null default now(),
  last_login timestamptz,
  -- Unseen from then on; the row stays for the log's sake, and so that no id comes twice.
  deleted_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, owner_id) references principals (organization_id, id)
);
create index principals_by_time on principals (organization_id, created_at desc, id)
  where deleted_at is null;
create index principals_by_type on principals (organization_id, type, created_at desc, id)
  where deleted_at is null;
create index principals_by_status on principals (organization_id, status, created_at desc, id)
  where deleted_at is null;
create index principals_by_connector
  on principals (organization_id, connector_source, created_at desc, id)
  where deleted_at is null and connector_source is not null;
create index principals_by_owner on principals (organization_id, owner_id)
  where owner_id is not null;
create unique index principals_by_user on principals (organization_id, user_id)
  where user_id is not null and status <> 'terminated';
-- A person logs in and changes their name once for all organizations.
create index principals_of_person on principals (user_id) where user_id is not null;
create unique index principals_by_external_id
  on principals (organization_id, (coalesce(connector_source, '')), external_id)
  where external_id is not null and deleted_at is null;
select tenant_table('principals');
select system_table('principals', 'select, update');

-- Whom an Identity key speaks for; the keys of a rotation speak for the same one.
alter table api_keys add column principal_id text;
alter table api_keys add foreign key (organization_id, principal_id)
  references principals (organization_id, id);
create index api_keys_by_principal on api_keys (organization_id, principal_id)
  where principal_id is not null;

-- What holds of a principal: the worst of its own status and of its owners'. Chains are bounded
-- where owners are set.
create function principal_standing(organization uuid, principal text) returns text
language sql stable as $$
  with recursive chain (owner_id, status, depth) as (
    select owner_id, status, 1 from principals
     where organization_id = organization and id = principal
    union all
    select o.owner_id, o.status, chain.depth + 1 from chain
      join principals o on o.organization_id = organization and o.id = chain.owner_id
     where chain.depth < 16)
  select case
    when count(*) = 0 or bool_or(status = 'terminated') then 'terminated'
    when bool_or(status = 'suspended') then 'suspended'
    else 'active' end
  from chain
$$;

-- A person whom an organization has suspended.
create function is_suspended(organization uuid, person uuid) returns boolean
language sql stable as $$
  select exists (select from principals where organization_id = organization
    and user_id = person and status = 'suspended')
$$;

-- Kept by triggers, so that no way of making a member or a key goes without.
create function principal_of_member() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into principals (organization_id, id, type, name, email, user_id, created_by, created_at)
    select new.organization_id, new_principal_id(), 'USER', coalesce(u.name, u.email), u.email,
      u.id, u.id::text, new.created_at
    from users u where u.id = new.user_id;
  else
    update principals set status = 'terminated', updated_at = now()
     where organization_id = old.organization_id and user_id = old.user_id
       and status <> 'terminated';
  end if;
  return null;
end $$;
create trigger principal_of_member after insert or delete on memberships
  for each row execute function principal_of_member();

create function principal_of_person() returns trigger language plpgsql as $$
begin
  update principals set name = coalesce(new.name, new.email), email = new.email, updated_at = now()
   where user_id = new.id and status <> 'terminated';
  return null;
end $$;
create trigger principal_of_person after update of name, email on users
  for each row when (old.name is distinct from new.name or old.email <> new.email)
  execute function principal_of_person();

create function principal_logged_in() returns trigger language plpgsql as $$
begin
  update principals set last_login = now() where user_id = new.user_id and status <> 'terminated';
  return null;
end $$;
create trigger principal_logged_in after insert on sessions
  for each row execute function principal_logged_in();

create function principal_of_key() returns trigger language plpgsql as $$
begin
  new.principal_id := new_principal_id();
  insert into principals
    (organization_id, id, type, name, description, owner_id, created_by, created_at)
  values (new.organization_id, new.principal_id, 'API_KEY', new.name, new.description,
    (select p.id from principals p where p.organization_id = new.organization_id
      and p.user_id = new.person_id and p.status <> 'terminated'),
    new.created_by, new.created_at);
  return new;
end $$;
create trigger principal_of_key before insert on api_keys
  for each row when (new.surface = 'identity' and new.principal_id is null)
  execute function principal_of_key();

create function principal_of_revoked_key() returns trigger language plpgsql as $$
begin
  update principals p set status = 'terminated', updated_at = now()
   where p.organization_id = new.organization_id and p.id = new.principal_id
     and p.type = 'API_KEY' and p.status <> 'terminated'
     and not exists (select from api_keys k where k.organization_id = p.organization_id
       and k.principal_id = p.id and k.revoked_at is null
       and (k.expires_at is null or k.expires_at > now()));
  return null;
end $$;
create trigger principal_of_revoked_key after update of revoked_at on api_keys
  for each row when (old.revoked_at is null and new.revoked_at is not null
    and new.principal_id is not null)
  execute function principal_of_revoked_key();

-- Tokens that are bound to a task of an agent. Which of them were revoked stands with the others.
create table task_tokens (
  organization_id uuid not null,
  id text not null,
  principal_id text not null,
  -- Its key: the token works from where that does, and ends with it.
  key_id text not null,
  task text not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, principal_id) references principals (organization_id, id),
  foreign key (organization_id, key_id) references api_keys (organization_id, id)
);
create index task_tokens_by_principal on task_tokens (organization_id, principal_id);
create index task_tokens_by_end on task_tokens (expires_at);
select tenant_table('task_tokens');
select system_table('task_tokens', 'select, delete');

create table resources (
  organization_id uuid not null references organizations (id),
  type text not null,
  id text not null,
  attributes jsonb not null default '{}',
  -- `type:id` each; they need not be here.
  parents text[] not null default '{}',
  owner_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, type, id),
  foreign key (organization_id, owner_id) references principals (organization_id, id)
);
create index resources_by_time on resources (organization_id, created_at desc, type, id);
create index resources_by_owner on resources (organization_id, owner_id)
  where owner_id is not null;
select tenant_table('resources');

-- Members and keys of before. The owner of the tables is bound by their policies as well, and by
-- none that lets it see every tenant.
alter table users no force row level security;
alter table memberships no force row level security;
alter table api_keys no force row level security;
alter table principals no force row level security;
insert into principals (organization_id, id, type, name, email, user_id, created_by, created_at)
  select m.organization_id, new_principal_id(), 'USER', coalesce(u.name, u.email), u.email, u.id,
    u.id::text, m.created_at
  from memberships m join users u on u.id = m.user_id;
insert into principals
    (organization_id, id, type, status, name, description, owner_id, created_by, created_at)
  select k.organization_id, 'principal_' || split_part(k.id, '_', 2), 'API_KEY',
    case when k.revoked_at is null then 'active' else 'terminated' end, k.name, k.description,
    (select p.id from principals p where p.organization_id = k.organization_id
      and p.user_id = k.person_id and p.status <> 'terminated'),
    k.created_by, k.created_at
  from api_keys k where k.surface = 'identity';
update api_keys set principal_id = 'principal_' || split_part(id, '_', 2)
  where surface = 'identity';
alter table users force row level security;
alter table memberships force row level security;
alter table api_keys force row level security;
alter table principals force row level security;
