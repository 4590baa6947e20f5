-- Accesses at more than one site: what is run on the centre's database of FreeRADIUS, where Linekey writes.
-- By a superuser, after deploy/freeradius/schema/*.postgresql.sql, both on this database. May be run again; what
-- is there is kept. How, and what the server and pg_hba.conf must have: see centre.lines.sql.
--
--   psql -d radius -f centre.accesses.sql
--   psql -d radius -v site=paris -f centre.accesses.sql
--   psql -d radius -v site=paris -v "from=host=db.paris.example.net dbname=radius user=linekey_centre
--       sslmode=verify-full" -f centre.accesses.sql
\set ON_ERROR_STOP on

-- Passwords stay sealed: the file of the key is on every site's FreeRADIUS, and never in a database.
SELECT 'CREATE PUBLICATION linekey_accesses FOR TABLE radcheck, radreply'
    WHERE NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'linekey_accesses') \gexec

-- As linekey_event_arrives of centre.lines.sql.
CREATE OR REPLACE FUNCTION linekey_access_event_arrives() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$ BEGIN
    PERFORM pg_advisory_xact_lock('linekey_access_event'::regclass::oid::bigint);
    IF NOT EXISTS (SELECT FROM linekey_access_event WHERE at = NEW.at AND what = NEW.what
                   AND username = NEW.username AND source = NEW.source
                   AND rotation IS NOT DISTINCT FROM NEW.rotation) THEN
        INSERT INTO linekey_access_event (id, at, what, username, rotation, source, agent)
            VALUES (nextval('linekey_access_event_id_seq'), NEW.at, NEW.what, NEW.username, NEW.rotation,
                    NEW.source, NEW.agent)
            ON CONFLICT DO NOTHING;
        IF currval('linekey_access_event_id_seq') % 1000 = 0 THEN
            DELETE FROM linekey_access_event WHERE id IN
                (SELECT id FROM linekey_access_event WHERE at < extract(epoch FROM now()) - 31 * 86400
                 ORDER BY at LIMIT 5000);
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER linekey_access_event_arrives BEFORE INSERT ON linekey_access_event
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION linekey_access_event_arrives();
ALTER TABLE linekey_access_event ENABLE REPLICA TRIGGER linekey_access_event_arrives;

-- A session is known by what FreeRADIUS made of it, not by its number at the site. An access server which turns
-- to another site in the middle of a session tells it there, too: one session all the same.
ALTER TABLE radacct REPLICA IDENTITY USING INDEX radacct_acctuniqueid_key;
CREATE OR REPLACE FUNCTION linekey_session_arrives() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$ BEGIN
    UPDATE radacct SET
        acctupdatetime = coalesce(NEW.acctupdatetime, acctupdatetime),
        acctsessiontime = greatest(NEW.acctsessiontime, acctsessiontime),
        acctinputoctets = greatest(NEW.acctinputoctets, acctinputoctets),
        acctoutputoctets = greatest(NEW.acctoutputoctets, acctoutputoctets),
        acctstoptime = coalesce(NEW.acctstoptime, acctstoptime),
        acctterminatecause = coalesce(nullif(NEW.acctterminatecause, ''), acctterminatecause)
        WHERE acctuniqueid = NEW.acctuniqueid;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    NEW.radacctid := nextval('radacct_radacctid_seq');
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER linekey_session_arrives BEFORE INSERT ON radacct
    FOR EACH ROW EXECUTE FUNCTION linekey_session_arrives();
ALTER TABLE radacct ENABLE REPLICA TRIGGER linekey_session_arrives;

-- Copied anew, an answer is still one answer.
CREATE OR REPLACE FUNCTION linekey_answer_arrives() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$ BEGIN
    IF EXISTS (SELECT FROM radpostauth WHERE username = NEW.username AND authdate = NEW.authdate) THEN
        RETURN NULL;
    END IF;
    NEW.id := nextval('radpostauth_id_seq');
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER linekey_answer_arrives BEFORE INSERT ON radpostauth
    FOR EACH ROW EXECUTE FUNCTION linekey_answer_arrives();
ALTER TABLE radpostauth ENABLE REPLICA TRIGGER linekey_answer_arrives;

\if :{?site}
SELECT format('CREATE ROLE %I LOGIN REPLICATION CONNECTION LIMIT 8', 'linekey_' || :'site')
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'linekey_' || :'site') \gexec
SELECT format('GRANT SELECT ON radcheck, radreply TO %I', 'linekey_' || :'site') \gexec
SELECT pg_create_logical_replication_slot('linekey_accesses_' || :'site', 'pgoutput')
    WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'linekey_accesses_' || :'site');
\endif

\if :{?from}
SELECT format('CREATE SUBSCRIPTION %1$I CONNECTION %2$L PUBLICATION linekey_access_events'
              ' WITH (create_slot = false, slot_name = %1$I)', 'linekey_access_events_' || :'site', :'from')
    WHERE NOT EXISTS (SELECT FROM pg_subscription WHERE subname = 'linekey_access_events_' || :'site'
                      AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())) \gexec
\endif
