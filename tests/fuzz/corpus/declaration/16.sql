1create materialized view totals as select active, count(*) as n from users group by active;
create index totals_n on totals (n desc);
create index totals_both on totals (active, n);
