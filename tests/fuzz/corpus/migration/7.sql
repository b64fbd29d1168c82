1-- revision: 1
-- parents: none
-- dialect: postgres
-- message: function/change-result
-- before: 69f87f5315edb50f
-- after: 4d516bf422c373c1

DROP VIEW "scores";

DROP FUNCTION "score"(integer);

CREATE FUNCTION score(a int) returns bigint language sql immutable as 'select a::bigint * 2';

CREATE VIEW scores as select id, score(id) as points from users;
