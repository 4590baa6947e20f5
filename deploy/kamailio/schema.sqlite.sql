-- The tables Kamailio 5.6 calls standard, for SQLite, as far as Linekey's kamailio.cfg uses them.
-- Two files: sip.db is written by Linekey, sip-location.db by Kamailio. One writer each, because
-- db_sqlite sets no busy timeout: a second writer's statement fails at once.
-- WAL is obligatory (it stays on in the file): without it one writer makes most REGISTERs fail.

PRAGMA journal_mode = WAL;

CREATE TABLE IF NOT EXISTS version (
    table_name    VARCHAR(32) NOT NULL UNIQUE,
    table_version INTEGER NOT NULL DEFAULT 0
);
INSERT OR REPLACE INTO version (table_name, table_version) VALUES ('subscriber', 7), ('location', 9);

CREATE TABLE IF NOT EXISTS subscriber (
    id       INTEGER PRIMARY KEY NOT NULL,
    username VARCHAR(64) NOT NULL DEFAULT '',
    domain   VARCHAR(64) NOT NULL DEFAULT '',
    -- Linekey keeps no SIP password in clear: the column is there for tools which expect it.
    password VARCHAR(64) NOT NULL DEFAULT '' CHECK (password = ''),
    -- Kamailio 5.6 crashes on NULL and on values over 255 bytes, and SQLite does not enforce VARCHAR(n).
    -- 32 hex digits are MD5, 64 SHA-256.
    ha1      VARCHAR(128) NOT NULL CHECK (length(ha1) IN (32, 64)),
    ha1b     VARCHAR(128) NOT NULL CHECK (length(ha1b) IN (32, 64)),
    CONSTRAINT subscriber_account_idx UNIQUE (username, domain)
);

-- usrloc's own table, so that registrations outlive a restart of Kamailio.
CREATE TABLE IF NOT EXISTS location (
    id            INTEGER PRIMARY KEY NOT NULL,
    ruid          VARCHAR(64) NOT NULL DEFAULT '' UNIQUE,
    username      VARCHAR(64) NOT NULL DEFAULT '',
    domain        VARCHAR(64) DEFAULT NULL,
    contact       VARCHAR(512) NOT NULL DEFAULT '',
    received      VARCHAR(255) DEFAULT NULL,
    path          VARCHAR(512) DEFAULT NULL,
    expires       TIMESTAMP NOT NULL DEFAULT '2030-05-28 21:32:15',
    q             FLOAT NOT NULL DEFAULT 1.0,
    callid        VARCHAR(255) NOT NULL DEFAULT 'Default-Call-ID',
    cseq          INTEGER NOT NULL DEFAULT 1,
    last_modified TIMESTAMP NOT NULL DEFAULT '2000-01-01 00:00:01',
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
