1-- revision: 1
-- parents: none
-- autogen: probe DD101 "select '\u000a'"
select E'a\'' /* /* */ */;
-- autogen: begin other-runners
select $x$ ; $x$;
-- autogen: end other-runners
