-- FreeRADIUS 3's standard radacct and radpostauth for PostgreSQL. Least privilege: FreeRADIUS's role needs
-- SELECT, INSERT and UPDATE, and USAGE on the sequences; Linekey's role SELECT.
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
