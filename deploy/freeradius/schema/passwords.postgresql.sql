-- FreeRADIUS 3's standard radcheck and radreply for PostgreSQL. Least privilege: FreeRADIUS's role needs
-- SELECT; Linekey's role SELECT, INSERT, DELETE on radcheck, and USAGE on its sequence.
CREATE TABLE IF NOT EXISTS radcheck (
    id        SERIAL PRIMARY KEY,
    username  TEXT NOT NULL DEFAULT '',
    attribute TEXT NOT NULL DEFAULT '',
    op        VARCHAR(2) NOT NULL DEFAULT '==',
    value     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS radcheck_username ON radcheck (username, attribute);
-- Whose rotation this is: grace ends by its name.
CREATE INDEX IF NOT EXISTS radcheck_rotation ON radcheck (value) WHERE attribute = 'Linekey-Rotation';

CREATE TABLE IF NOT EXISTS radreply (
    id        SERIAL PRIMARY KEY,
    username  TEXT NOT NULL DEFAULT '',
    attribute TEXT NOT NULL DEFAULT '',
    op        VARCHAR(2) NOT NULL DEFAULT '=',
    value     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS radreply_username ON radreply (username, attribute);
