1create view felt as select mood from people;
create materialized view moods as select mood, id from people;
