-- Lines at more than one site: what is run on the centre's database of Kamailio, where Linekey writes.
-- By a superuser, after deploy/kamailio/schema.postgresql.sql. May be run again; what is there is kept.
--
--   psql -d kamailio -f centre.lines.sql                              once: what is handed on, and to be heard
--   psql -d kamailio -v site=paris -f centre.lines.sql                for each site: who fetches it
--   psql -d kamailio -v site=paris -v "from=host=db.paris.example.net dbname=kamailio user=linekey_centre
--       sslmode=verify-full" -f centre.lines.sql                      when the site is made: hear it
--
-- `site`: small letters, digits and _. It becomes a role, linekey_paris, and a slot, linekey_lines_paris;
-- pages call the site by this name. No password in `from`: every user of the machine sees command lines.
-- It stands in ~postgres/.pgpass of this machine.
--
-- The server: wal_level = logical; max_slot_wal_keep_size = 10GB (what may be kept for a site which is away:
-- without it a forgotten site fills the disk); max_replication_slots and max_wal_senders: one for each site and
-- database, and as many again for first copies.
\set ON_ERROR_STOP on

-- A row is found at the site by its key. Without one, PostgreSQL refuses every UPDATE and DELETE here, too.
ALTER TABLE linekey_previous REPLICA IDENTITY USING INDEX linekey_previous_account_idx;

SELECT 'CREATE PUBLICATION linekey_lines FOR TABLE subscriber, linekey_previous'
    WHERE NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'linekey_lines') \gexec

-- What phones did at the sites comes without its number: it is numbered here, as what a Kamailio of the centre
-- tells is, one transaction at a time. So Linekey hears all sites as one registrar, and misses none.
-- Only once each, too: the new password may be used for the first time at two sites, and a site which is
-- copied anew tells everything again. A duplicate that failed would stop what comes behind it for good.
-- The search path is said because what arrives by replication has none.
CREATE OR REPLACE FUNCTION linekey_event_arrives() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$ BEGIN
    PERFORM pg_advisory_xact_lock('linekey_event'::regclass::oid::bigint);
    IF NOT EXISTS (SELECT FROM linekey_event WHERE at = NEW.at AND what = NEW.what
                   AND username = NEW.username AND source = NEW.source AND rotation = NEW.rotation) THEN
        INSERT INTO linekey_event (id, at, what, username, domain, rotation, source, agent)
            VALUES (nextval('linekey_event_number'), NEW.at, NEW.what, NEW.username, NEW.domain, NEW.rotation,
                    NEW.source, NEW.agent)
            ON CONFLICT DO NOTHING;
        -- Each Kamailio forgets its own. Here nobody may be: every thousandth takes the old ones along.
        IF currval('linekey_event_number') % 1000 = 0 THEN
            DELETE FROM linekey_event WHERE id IN
                (SELECT id FROM linekey_event WHERE at < extract(epoch FROM now()) - 31 * 86400
                 ORDER BY at LIMIT 5000);
        END IF;
    END IF;
    RETURN NULL;
END $$;
-- Depth 0: the row which arrives, and not the one the function writes in its place.
CREATE OR REPLACE TRIGGER linekey_event_arrives BEFORE INSERT ON linekey_event
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION linekey_event_arrives();
-- Only what arrives by replication. What a Kamailio of the centre writes has `linekey_event_number`.
ALTER TABLE linekey_event ENABLE REPLICA TRIGGER linekey_event_arrives;

\if :{?site}
-- Who fetches for the site. Give it a password, \password linekey_paris, and one line of pg_hba.conf:
--   hostssl kamailio linekey_paris <address of the site> scram-sha-256
-- and none with `all` or `replication` in place of the database: whoever may replicate a database can read all
-- of it, whatever is granted, and with `replication` the whole cluster. That is why the elements' tables are in
-- a database of their own.
SELECT format('CREATE ROLE %I LOGIN REPLICATION CONNECTION LIMIT 8', 'linekey_' || :'site')
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'linekey_' || :'site') \gexec
-- For the first copy.
SELECT format('GRANT SELECT ON subscriber, linekey_previous TO %I', 'linekey_' || :'site') \gexec
-- From now on everything is kept for the site until it has it: go on with site.lines.sql soon.
SELECT pg_create_logical_replication_slot('linekey_lines_' || :'site', 'pgoutput')
    WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'linekey_lines_' || :'site');
\endif

\if :{?from}
SELECT format('CREATE SUBSCRIPTION %1$I CONNECTION %2$L PUBLICATION linekey_events'
              ' WITH (create_slot = false, slot_name = %1$I)', 'linekey_events_' || :'site', :'from')
    WHERE NOT EXISTS (SELECT FROM pg_subscription WHERE subname = 'linekey_events_' || :'site'
                      AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())) \gexec
\endif
