-- The tables Kamailio 5.6 calls standard, for PostgreSQL, as far as Linekey's kamailio.cfg uses them.
-- Least privilege. Kamailio's role: SELECT on subscriber and subscriber_previous; SELECT, INSERT and DELETE
-- on linekey_event, USAGE on linekey_event_number; everything on location. Linekey's role: SELECT, INSERT,
-- UPDATE and DELETE on subscriber and linekey_previous, USAGE on subscriber's sequence; SELECT on
-- linekey_event.
-- May be run again, also over the tables of an earlier release of Linekey: what is there is kept.

CREATE TABLE IF NOT EXISTS version (
    table_name    VARCHAR(32) PRIMARY KEY,
    table_version INTEGER NOT NULL DEFAULT 0
);
INSERT INTO version (table_name, table_version) VALUES ('subscriber', 7), ('location', 9)
ON CONFLICT (table_name) DO UPDATE SET table_version = excluded.table_version;

CREATE TABLE IF NOT EXISTS subscriber (
    id       SERIAL PRIMARY KEY,
    username VARCHAR(64) NOT NULL DEFAULT '',
    domain   VARCHAR(64) NOT NULL DEFAULT '',
    -- Linekey keeps no SIP password in clear: the column is there for tools which expect it.
    password VARCHAR(64) NOT NULL DEFAULT '' CHECK (password = ''),
    -- Kamailio 5.6 crashes on NULL and on values over 255 bytes. 32 hex digits are MD5, 64 SHA-256.
    ha1      VARCHAR(128) NOT NULL CHECK (length(ha1) IN (32, 64)),
    ha1b     VARCHAR(128) NOT NULL CHECK (length(ha1b) IN (32, 64)),
    CONSTRAINT subscriber_account_idx UNIQUE (username, domain)
);
-- While the password before is accepted, too: the name of that rotation, which kamailio.cfg writes into
-- SQL. Nothing but letters and digits.
ALTER TABLE subscriber ADD COLUMN IF NOT EXISTS
    rotation VARCHAR(40) NOT NULL DEFAULT '' CHECK (rotation ~ '^[0-9A-Za-z]*$');
CREATE INDEX IF NOT EXISTS subscriber_rotation_idx ON subscriber (rotation) WHERE rotation <> '';

-- The password before, while it is accepted beside the new one: written by Linekey, read through the view.
CREATE TABLE IF NOT EXISTS linekey_previous (
    username  VARCHAR(64) NOT NULL,
    domain    VARCHAR(64) NOT NULL,
    ha1       VARCHAR(128) NOT NULL CHECK (length(ha1) IN (32, 64)),
    ha1b      VARCHAR(128) NOT NULL CHECK (length(ha1b) IN (32, 64)),
    rotation  VARCHAR(40) NOT NULL CHECK (rotation ~ '^[0-9A-Za-z]+$'),
    -- Seconds since 1970: from then on it is refused, whether Linekey lives or not.
    not_after DOUBLE PRECISION NOT NULL,
    CONSTRAINT linekey_previous_account_idx UNIQUE (username, domain)
);
CREATE INDEX IF NOT EXISTS linekey_previous_rotation_idx ON linekey_previous (rotation);

CREATE OR REPLACE VIEW subscriber_previous AS
    SELECT username, domain, ha1, ha1b, rotation FROM linekey_previous
    WHERE not_after > extract(epoch FROM now());

-- What Kamailio tells by itself: `used`, the new password of a rotation was accepted for the first time;
-- `old`, the one before was; `refused`, a wrong password or a name nobody has.
-- Whoever reads remembers the last number it read. Numbers begin at the millisecond the table is made: one
-- that is made anew goes on above those of the one which was lost.
DO $$ BEGIN
    IF to_regclass('linekey_event') IS NULL THEN
        CREATE TABLE linekey_event (
            id       BIGINT PRIMARY KEY,
            at       DOUBLE PRECISION NOT NULL,
            what     VARCHAR(8) NOT NULL CHECK (what IN ('used', 'old', 'refused')),
            -- Bytes: strangers send what they like, and it must neither fail nor be changed on the way.
            username BYTEA NOT NULL,
            domain   VARCHAR(64) NOT NULL,
            rotation VARCHAR(40) NOT NULL DEFAULT '',
            source   VARCHAR(64) NOT NULL,
            agent    BYTEA NOT NULL
        );
        CREATE SEQUENCE linekey_event_number OWNED BY linekey_event.id;
        PERFORM setval('linekey_event_number', (extract(epoch FROM now()) * 1000)::bigint);
    END IF;
END $$;
CREATE UNIQUE INDEX IF NOT EXISTS linekey_event_once_idx
    ON linekey_event (rotation, what) WHERE rotation <> '';
CREATE INDEX IF NOT EXISTS linekey_event_at_idx ON linekey_event (at);

-- Numbers become visible in ascending order: otherwise a reader who has seen 6 would never see a 5 that was
-- committed a moment later. So they are given one transaction at a time.
CREATE OR REPLACE FUNCTION linekey_event_number() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock('linekey_event'::regclass::oid::bigint);
    NEW.id := nextval('linekey_event_number');
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER linekey_event_number BEFORE INSERT ON linekey_event
    FOR EACH ROW EXECUTE FUNCTION linekey_event_number();

-- usrloc's own table, so that registrations outlive a restart of Kamailio.
CREATE TABLE IF NOT EXISTS location (
    id            SERIAL PRIMARY KEY,
    ruid          VARCHAR(64) NOT NULL DEFAULT '' UNIQUE,
    username      VARCHAR(64) NOT NULL DEFAULT '',
    domain        VARCHAR(64) DEFAULT NULL,
    contact       VARCHAR(512) NOT NULL DEFAULT '',
    received      VARCHAR(255) DEFAULT NULL,
    path          VARCHAR(512) DEFAULT NULL,
    expires       TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT '2030-05-28 21:32:15',
    q             REAL NOT NULL DEFAULT 1.0,
    callid        VARCHAR(255) NOT NULL DEFAULT 'Default-Call-ID',
    cseq          INTEGER NOT NULL DEFAULT 1,
    last_modified TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT '2000-01-01 00:00:01',
    flags         INTEGER NOT NULL DEFAULT 0,
    cflags        INTEGER NOT NULL DEFAULT 0,
    user_agent    VARCHAR(255) NOT NULL DEFAULT '',
    socket        VARCHAR(64) DEFAULT NULL,
    methods       INTEGER DEFAULT NULL,
    instance      VARCHAR(255) DEFAULT NULL,
    reg_id        INTEGER NOT NULL DEFAULT 0,
    server_id     INTEGER NOT NULL DEFAULT 0,
    connection_id INTEGER NOT NULL DEFAULT 0,
    keepalive     INTEGER NOT NULL DEFAULT 0,
    partition     INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS location_account_contact_idx ON location (username, domain, contact);
CREATE INDEX IF NOT EXISTS location_expires_idx ON location (expires);
