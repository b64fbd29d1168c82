1CREATE DOMAIN address AS text;
