1-- autogen: unread {"origin":{"file":"src/\u202elib.rs","line":4,"column":8},"what":"x","why":"y","table":"t","bearing":"Likely"}
CREATE TABLE "t" ();
