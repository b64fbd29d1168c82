1alter table users enable row level security;
create policy seen on users using (may_see(id)) with check (true);
create policy never on users as restrictive for delete to public using (false);
create function may_see(row_id int) returns boolean language sql stable security definer as 'select exists (select from users where users.id = row_id and active)';
