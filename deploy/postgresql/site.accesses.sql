-- Accesses at more than one site: what is run on the database of a site's FreeRADIUS, which reads its own copy.
-- By a superuser, after deploy/freeradius/schema/*.postgresql.sql, both on this empty database, and after
-- centre.accesses.sql with the name of this site. May be run again; what is there is kept. How, and what the
-- server and pg_hba.conf must have: see site.lines.sql.
--
--   psql -d radius -v site=paris -v "from=host=db.example.net dbname=radius user=linekey_paris
--       sslmode=verify-full" -f site.accesses.sql
\set ON_ERROR_STOP on

-- FreeRADIUS reads what is copied and writes what is its own. Give it a password: \password freeradius
SELECT 'CREATE ROLE freeradius LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'freeradius') \gexec
GRANT SELECT ON radcheck, radreply TO freeradius;
GRANT SELECT, INSERT, UPDATE ON radacct, radpostauth TO freeradius;
GRANT SELECT, INSERT, DELETE ON linekey_access_event TO freeradius;
GRANT USAGE ON SEQUENCE radacct_radacctid_seq, radpostauth_id_seq, linekey_access_event_id_seq TO freeradius;

-- Sessions, answers and uses go to the centre, without their numbers, which are of this site. What is deleted
-- here is kept there.
ALTER TABLE radacct REPLICA IDENTITY USING INDEX radacct_acctuniqueid_key;
SELECT 'CREATE PUBLICATION linekey_access_events FOR TABLE
        linekey_access_event (at, what, username, rotation, source, agent),
        radpostauth (username, pass, reply, calledstationid, callingstationid, authdate, class),
        radacct (acctsessionid, acctuniqueid, username, realm, nasipaddress, nasportid, nasporttype,
            acctstarttime, acctupdatetime, acctstoptime, acctinterval, acctsessiontime, acctauthentic,
            connectinfo_start, connectinfo_stop, acctinputoctets, acctoutputoctets, calledstationid,
            callingstationid, acctterminatecause, servicetype, framedprotocol, framedipaddress,
            framedipv6address, framedipv6prefix, framedinterfaceid, delegatedipv6prefix, class)
        WITH (publish = ''insert, update'')'
    WHERE NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'linekey_access_events') \gexec
SELECT 'CREATE ROLE linekey_centre LOGIN REPLICATION CONNECTION LIMIT 8'
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'linekey_centre') \gexec
GRANT SELECT ON linekey_access_event, radacct, radpostauth TO linekey_centre;
SELECT pg_create_logical_replication_slot('linekey_access_events_' || :'site', 'pgoutput')
    WHERE NOT EXISTS
        (SELECT FROM pg_replication_slots WHERE slot_name = 'linekey_access_events_' || :'site');

SELECT format('CREATE SUBSCRIPTION linekey_accesses CONNECTION %L PUBLICATION linekey_accesses'
              ' WITH (create_slot = false, slot_name = %I)', :'from', 'linekey_accesses_' || :'site')
    WHERE NOT EXISTS (SELECT FROM pg_subscription WHERE subname = 'linekey_accesses'
                      AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())) \gexec
