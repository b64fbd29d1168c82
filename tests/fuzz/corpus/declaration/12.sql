1CREATE STATISTICS t_stats ON b, upper(a) FROM t;
