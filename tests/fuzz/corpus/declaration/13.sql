2create trigger users_trim before insert on users for each row set new.name = lower(trim(new.name));
create trigger users_short before insert on users for each row follows users_trim
begin
  if char_length(new.name) > 100 then
    set new.name = left(new.name, 100);
  end if;
end;
