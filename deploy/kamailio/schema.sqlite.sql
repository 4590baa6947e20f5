-- The tables Kamailio 5.6 calls standard, for SQLite, as far as Linekey's kamailio.cfg uses them.
-- Three files: sip.db is written by Linekey, sip-location.db and sip-events.db by Kamailio. One writer
-- each, because db_sqlite sets no busy timeout: a second writer's statement fails at once.
-- A `subscriber` made by an earlier release of Linekey first needs, once:
--   ALTER TABLE subscriber ADD COLUMN rotation VARCHAR(40) NOT NULL DEFAULT ''
--       CHECK (length(rotation) <= 40 AND rotation NOT GLOB '*[^0-9A-Za-z]*');
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
    -- While the password before is accepted, too: the name of that rotation, which kamailio.cfg writes
    -- into SQL. Nothing but letters and digits.
    rotation VARCHAR(40) NOT NULL DEFAULT ''
        CHECK (length(rotation) <= 40 AND rotation NOT GLOB '*[^0-9A-Za-z]*'),
    CONSTRAINT subscriber_account_idx UNIQUE (username, domain)
);
CREATE INDEX IF NOT EXISTS subscriber_rotation_idx ON subscriber (rotation) WHERE rotation <> '';

-- The password before, while it is accepted beside the new one: written by Linekey, read through the view.
CREATE TABLE IF NOT EXISTS linekey_previous (
    username  VARCHAR(64) NOT NULL,
    domain    VARCHAR(64) NOT NULL,
    ha1       VARCHAR(128) NOT NULL CHECK (length(ha1) IN (32, 64)),
    ha1b      VARCHAR(128) NOT NULL CHECK (length(ha1b) IN (32, 64)),
    rotation  VARCHAR(40) NOT NULL
        CHECK (length(rotation) BETWEEN 1 AND 40 AND rotation NOT GLOB '*[^0-9A-Za-z]*'),
    -- Seconds since 1970: from then on it is refused, whether Linekey lives or not.
    not_after DOUBLE PRECISION NOT NULL,
    CONSTRAINT linekey_previous_account_idx UNIQUE (username, domain)
);
CREATE INDEX IF NOT EXISTS linekey_previous_rotation_idx ON linekey_previous (rotation);

CREATE VIEW IF NOT EXISTS subscriber_previous AS
    SELECT username, domain, ha1, ha1b, rotation FROM linekey_previous
    WHERE not_after > (julianday('now') - 2440587.5) * 86400;

-- What Kamailio tells by itself: `used`, the new password of a rotation was accepted for the first time;
-- `old`, the one before was; `refused`, a wrong password or a name nobody has.
CREATE TABLE IF NOT EXISTS linekey_event (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       DOUBLE PRECISION NOT NULL,
    what     VARCHAR(8) NOT NULL CHECK (what IN ('used', 'old', 'refused')),
    -- Bytes: strangers send what they like, and it must neither fail nor be changed on the way.
    username BLOB NOT NULL,
    domain   VARCHAR(64) NOT NULL,
    rotation VARCHAR(40) NOT NULL DEFAULT '',
    source   VARCHAR(64) NOT NULL,
    agent    BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS linekey_event_once_idx
    ON linekey_event (rotation, what) WHERE rotation <> '';
CREATE INDEX IF NOT EXISTS linekey_event_at_idx ON linekey_event (at);
-- Whoever reads remembers the last number it read. Numbers begin at the millisecond the table is made: one
-- that is made anew goes on above those of the one which was lost.
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'linekey_event', CAST(strftime('%s', 'now') AS INTEGER) * 1000
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'linekey_event');

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
