-- FreeRADIUS 3's standard radcheck and radreply for SQLite: radius.db, written by Linekey alone.
-- WAL is obligatory (it stays on in the file): readers then never wait for the writer.
PRAGMA journal_mode = WAL;

CREATE TABLE IF NOT EXISTS radcheck (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    username  VARCHAR(64) NOT NULL DEFAULT '',
    attribute VARCHAR(64) NOT NULL DEFAULT '',
    op        CHAR(2) NOT NULL DEFAULT '==',
    value     VARCHAR(253) NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS check_username ON radcheck (username);
-- Whose rotation this is: grace ends by its name.
CREATE INDEX IF NOT EXISTS radcheck_rotation ON radcheck (value) WHERE attribute = 'Linekey-Rotation';

CREATE TABLE IF NOT EXISTS radreply (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    username  VARCHAR(64) NOT NULL DEFAULT '',
    attribute VARCHAR(64) NOT NULL DEFAULT '',
    op        CHAR(2) NOT NULL DEFAULT '=',
    value     VARCHAR(253) NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS reply_username ON radreply (username);
