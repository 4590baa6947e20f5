-- FreeRADIUS 3's standard radacct and radpostauth for PostgreSQL. Least privilege: FreeRADIUS's role needs
-- SELECT, INSERT and UPDATE, DELETE on linekey_access_event, and USAGE on the sequences; Linekey's role SELECT.
-- May be run again, also over the tables of an earlier release of Linekey: what is there is kept.
CREATE TABLE IF NOT EXISTS radacct (
    radacctid           BIGSERIAL PRIMARY KEY,
    acctsessionid       TEXT NOT NULL,
    acctuniqueid        TEXT NOT NULL UNIQUE,
    username            TEXT,
    realm               TEXT,
    nasipaddress        INET NOT NULL,
    nasportid           TEXT,
    nasporttype         TEXT,
    acctstarttime       TIMESTAMPTZ,
    acctupdatetime      TIMESTAMPTZ,
    acctstoptime        TIMESTAMPTZ,
    acctinterval        BIGINT,
    acctsessiontime     BIGINT,
    acctauthentic       TEXT,
    connectinfo_start   TEXT,
    connectinfo_stop    TEXT,
    acctinputoctets     BIGINT,
    acctoutputoctets    BIGINT,
    calledstationid     TEXT,
    callingstationid    TEXT,
    acctterminatecause  TEXT,
    servicetype         TEXT,
    framedprotocol      TEXT,
    framedipaddress     INET,
    framedipv6address   INET,
    framedipv6prefix    INET,
    framedinterfaceid   TEXT,
    delegatedipv6prefix INET,
    class               TEXT
);
-- Linekey asks for the newest events of one login.
CREATE INDEX IF NOT EXISTS radacct_user_start ON radacct (username, acctstarttime);
CREATE INDEX IF NOT EXISTS radacct_user_stop ON radacct (username, acctstoptime);
-- Accounting-On closes what one access server has open.
CREATE INDEX IF NOT EXISTS radacct_open ON radacct (nasipaddress) WHERE acctstoptime IS NULL;

CREATE TABLE IF NOT EXISTS radpostauth (
    id               BIGSERIAL PRIMARY KEY,
    username         TEXT NOT NULL,
    -- Stock configurations write the password here. Ours never does, and the table refuses it.
    pass             TEXT CHECK (pass = ''),
    reply            TEXT,
    calledstationid  TEXT,
    callingstationid TEXT,
    authdate         TIMESTAMPTZ NOT NULL DEFAULT now(),
    class            TEXT
);
CREATE INDEX IF NOT EXISTS radpostauth_user ON radpostauth (username, authdate);

-- What FreeRADIUS tells by itself: `used`, the new password of a rotation in grace was accepted for the first
-- time, which is what retires the old one; `old`, the one before was; `refused`, a wrong password or a name
-- nobody has.
-- Whoever reads remembers the last number it read. Numbers begin at the millisecond the table is made: one
-- that is made anew goes on above those of the one which was lost.
DO $$ BEGIN
    IF to_regclass('linekey_access_event') IS NULL THEN
        CREATE TABLE linekey_access_event (
            id       BIGSERIAL PRIMARY KEY,
            at       DOUBLE PRECISION NOT NULL,
            what     TEXT NOT NULL CHECK (what IN ('used', 'old', 'refused')),
            username TEXT NOT NULL,
            rotation TEXT,
            source   TEXT NOT NULL,
            agent    TEXT NOT NULL,
            CONSTRAINT linekey_access_event_once UNIQUE (rotation, what)
        );
        PERFORM setval('linekey_access_event_id_seq', (extract(epoch FROM now()) * 1000)::bigint);
    END IF;
END $$;
-- One line a minute for a name and a caller, however often they guess.
CREATE UNIQUE INDEX IF NOT EXISTS linekey_access_event_minute
    ON linekey_access_event (username, source, (CAST(at AS BIGINT) / 60)) WHERE what = 'refused';
CREATE INDEX IF NOT EXISTS linekey_access_event_at ON linekey_access_event (at);

-- Numbers become visible in ascending order: otherwise a reader who has seen 6 would never see a 5 that was
-- committed a moment later. So they are given one transaction at a time.
CREATE OR REPLACE FUNCTION linekey_access_event_number() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock('linekey_access_event'::regclass::oid::bigint);
    NEW.id := nextval('linekey_access_event_id_seq');
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER linekey_access_event_number BEFORE INSERT ON linekey_access_event
    FOR EACH ROW EXECUTE FUNCTION linekey_access_event_number();
