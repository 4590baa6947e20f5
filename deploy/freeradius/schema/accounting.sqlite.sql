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
    -- Not AUTOINCREMENT: nobody remembers these numbers, and each login would write one page more.
    id       INTEGER PRIMARY KEY,
    username VARCHAR(64) NOT NULL DEFAULT '',
    -- Stock configurations write the password here. Ours never does, and the table refuses it.
    pass     VARCHAR(64) NOT NULL DEFAULT '' CHECK (pass = ''),
    reply    VARCHAR(32) NOT NULL DEFAULT '',
    authdate TIMESTAMP NOT NULL,
    class    VARCHAR(64) DEFAULT NULL
);
CREATE INDEX IF NOT EXISTS radpostauth_user ON radpostauth (username, authdate);

-- What FreeRADIUS tells by itself: `used`, the new password of a rotation in grace was accepted for the first
-- time, which is what retires the old one; `old`, the one before was; `refused`, a wrong password or a name
-- nobody has.
CREATE TABLE IF NOT EXISTS linekey_access_event (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       DOUBLE PRECISION NOT NULL,
    what     VARCHAR(8) NOT NULL CHECK (what IN ('used', 'old', 'refused')),
    username VARCHAR(253) NOT NULL,
    rotation VARCHAR(40),
    source   VARCHAR(253) NOT NULL,
    agent    VARCHAR(253) NOT NULL,
    CONSTRAINT linekey_access_event_once UNIQUE (rotation, what)
);
-- One line a minute for a name and a caller, however often they guess.
CREATE UNIQUE INDEX IF NOT EXISTS linekey_access_event_minute
    ON linekey_access_event (username, source, CAST(at AS BIGINT) / 60) WHERE what = 'refused';
CREATE INDEX IF NOT EXISTS linekey_access_event_at ON linekey_access_event (at);
-- Whoever reads remembers the last number it read. Numbers begin at the millisecond the table is made: one
-- that is made anew goes on above those of the one which was lost.
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'linekey_access_event', CAST(strftime('%s', 'now') AS INTEGER) * 1000
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'linekey_access_event');
