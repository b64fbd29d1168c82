1CREATE VIEW active_users AS /* the same */
SELECT id, name FROM users WHERE active;
