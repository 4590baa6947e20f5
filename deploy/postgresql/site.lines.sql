-- Lines at more than one site: what is run on the database of a site's Kamailio, which reads its own copy.
-- By a superuser, after deploy/kamailio/schema.postgresql.sql on the empty database, and after centre.lines.sql
-- with the name of this site. May be run again; what is there is kept.
--
--   psql -d kamailio -v site=paris -v "from=host=db.example.net dbname=kamailio user=linekey_paris
--       sslmode=verify-full" -f site.lines.sql
--
-- No password in `from`: it stands in ~postgres/.pgpass of this machine.
-- The server: wal_level = logical; max_slot_wal_keep_size as at the centre.
\set ON_ERROR_STOP on

-- As at the centre: by this key a row is found.
ALTER TABLE linekey_previous REPLICA IDENTITY USING INDEX linekey_previous_account_idx;

-- Kamailio reads what is copied and writes what is its own. Nobody writes the copy, Linekey neither: a row
-- which differs would stop the copy at the next change of it. Give it a password: \password kamailio
SELECT 'CREATE ROLE kamailio LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kamailio') \gexec
GRANT SELECT ON version, subscriber, subscriber_previous TO kamailio;
GRANT SELECT, INSERT, DELETE ON linekey_event TO kamailio;
GRANT USAGE ON SEQUENCE linekey_event_number TO kamailio;
GRANT SELECT, INSERT, UPDATE, DELETE ON location TO kamailio;
GRANT USAGE ON SEQUENCE location_id_seq TO kamailio;

-- What phones do here goes to the centre, without its number, which is of this site. Only what is new: what
-- Kamailio forgets after a month is forgotten here.
SELECT 'CREATE PUBLICATION linekey_events FOR TABLE linekey_event
        (at, what, username, domain, rotation, source, agent) WITH (publish = ''insert'')'
    WHERE NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'linekey_events') \gexec
-- Who fetches it. \password linekey_centre, and one line of pg_hba.conf:
--   hostssl kamailio linekey_centre <address of the centre> scram-sha-256
SELECT 'CREATE ROLE linekey_centre LOGIN REPLICATION CONNECTION LIMIT 8'
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'linekey_centre') \gexec
GRANT SELECT ON linekey_event TO linekey_centre;
SELECT pg_create_logical_replication_slot('linekey_events_' || :'site', 'pgoutput')
    WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'linekey_events_' || :'site');

-- The first copy begins at once. No slot is made: the centre has made it.
SELECT format('CREATE SUBSCRIPTION linekey_lines CONNECTION %L PUBLICATION linekey_lines'
              ' WITH (create_slot = false, slot_name = %I)', :'from', 'linekey_lines_' || :'site')
    WHERE NOT EXISTS (SELECT FROM pg_subscription WHERE subname = 'linekey_lines'
                      AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())) \gexec
