-- FreeRADIUS 3's standard radacct and radpostauth for SQLite: radacct.db, written by FreeRADIUS alone.
-- Times are epoch seconds.
PRAGMA journal_mode = WAL;

CREATE TABLE IF NOT EXISTS radacct (
    radacctid           INTEGER PRIMARY KEY AUTOINCREMENT,
    acctsessionid       VARCHAR(64) NOT NULL DEFAULT '',
    acctuniqueid        VARCHAR(32) NOT NULL DEFAULT '',
    username            VARCHAR(64) NOT NULL DEFAULT '',
    realm               VARCHAR(64) DEFAULT '',
    nasipaddress        VARCHAR(45) NOT NULL DEFAULT '',
    nasportid           VARCHAR(32) DEFAULT NULL,
    nasporttype         VARCHAR(32) DEFAULT NULL,
    acctstarttime       DATETIME DEFAULT NULL,
    acctupdatetime      DATETIME DEFAULT NULL,
    acctstoptime        DATETIME DEFAULT NULL,
    acctinterval        INT DEFAULT NULL,
    acctsessiontime     INT DEFAULT NULL,
    acctauthentic       VARCHAR(32) DEFAULT NULL,
    connectinfo_start   VARCHAR(128) DEFAULT NULL,
    connectinfo_stop    VARCHAR(128) DEFAULT NULL,
    acctinputoctets     BIGINT DEFAULT NULL,
    acctoutputoctets    BIGINT DEFAULT NULL,
    calledstationid     VARCHAR(50) NOT NULL DEFAULT '',
    callingstationid    VARCHAR(50) NOT NULL DEFAULT '',
    acctterminatecause  VARCHAR(32) NOT NULL DEFAULT '',
    servicetype         VARCHAR(32) DEFAULT NULL,
    framedprotocol      VARCHAR(32) DEFAULT NULL,
    framedipaddress     VARCHAR(15) NOT NULL DEFAULT '',
    framedipv6address   VARCHAR(45) NOT NULL DEFAULT '',
    framedipv6prefix    VARCHAR(45) NOT NULL DEFAULT '',
    framedinterfaceid   VARCHAR(44) NOT NULL DEFAULT '',
    delegatedipv6prefix VARCHAR(45) NOT NULL DEFAULT '',
    class               VARCHAR(64) DEFAULT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS acctuniqueid ON radacct (acctuniqueid);
-- Linekey asks for the newest events of one login.
CREATE INDEX IF NOT EXISTS radacct_user_start ON radacct (username, acctstarttime);
CREATE INDEX IF NOT EXISTS radacct_user_stop ON radacct (username, acctstoptime);
-- Accounting-On closes what one access server has open.
CREATE INDEX IF NOT EXISTS radacct_open ON radacct (nasipaddress) WHERE acctstoptime IS NULL;

CREATE TABLE IF NOT EXISTS radpostauth (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    username VARCHAR(64) NOT NULL DEFAULT '',
    -- Stock configurations write the password here. Ours never does, and the table refuses it.
    pass     VARCHAR(64) NOT NULL DEFAULT '' CHECK (pass = ''),
    reply    VARCHAR(32) NOT NULL DEFAULT '',
    authdate TIMESTAMP NOT NULL,
    class    VARCHAR(64) DEFAULT NULL
);
CREATE INDEX IF NOT EXISTS radpostauth_user ON radpostauth (username, authdate);
