"""What the wires say of their elements, in the person's language.

The wires know no language: their sentences are listed here for translation, with places for their names.
A sentence nobody listed is shown word for word, marked as English.
"""

import re
from typing import Any

from django.utils.translation import gettext, gettext_noop

CHECKS = {
    "reachable": gettext_noop("Answers"),
    "credentials": gettext_noop("Lets Linekey write"),
    "schema": gettext_noop("Has the expected tables"),
    "clock": gettext_noop("Clock on time"),
    "room": gettext_noop("Room for more phones"),
    "encryption": gettext_noop("Encrypted on the way"),
}
DETAILS = {
    gettext_noop("%(name)s answers and its store is read."),
    gettext_noop("%(name)s's subscriber table can be written."),
    gettext_noop("%(name)s's subscriber table has the columns Linekey writes."),
    gettext_noop("%(name)s accepts one password per line: every change refuses the old one at once."),
    gettext_noop("%(name)s's radcheck table can be written."),
    gettext_noop("%(name)s's radcheck, radacct and radpostauth have the columns Linekey uses."),
    gettext_noop("%(name)s accepts one password per login: every change refuses the old one at once."),
    gettext_noop("%(name)s's clock agrees with ours."),
    gettext_noop("%(name)s has room for more phones."),
    gettext_noop("%(name)s's shared memory is nearly full: then it registers no further phone."),
    gettext_noop("%(name)s lives in memory and is up."),
    gettext_noop("%(name)s lives in memory and is down."),
    gettext_noop("%(name)s lives in memory and is refusing."),
    gettext_noop("The mail server %(place)s answered EHLO."),
    gettext_noop("The mail server is on this machine."),
    gettext_noop("The connection is encrypted, the certificate proves the host."),
    gettext_noop("Mails, with their one-time links, travel to the mail server in clear."),
    gettext_noop("The SMS gateway %(place)s answered."),
    gettext_noop("The SMS gateway %(place)s takes our texts."),
    gettext_noop("The SMS gateway %(place)s refuses our password."),
    gettext_noop("The SMS gateway is on this machine."),
    gettext_noop("Texts, with their codes, travel to the SMS gateway in clear."),
}
REMEDIES = {
    gettext_noop("Start Kamailio and look at its log; check the RPC socket path and the store's address."),
    gettext_noop("Grant INSERT, UPDATE and DELETE on subscriber; SQLite: write access to file and folder."),
    gettext_noop("Create it with deploy/kamailio/schema.*.sql; for SQLite run PRAGMA journal_mode=WAL once."),
    gettext_noop("Start FreeRADIUS and look at its log; check its store and the secret of this client."),
    gettext_noop("Grant INSERT and DELETE on radcheck; for SQLite write access to the file and its folder."),
    gettext_noop(
        "Create them with deploy/freeradius/schema/*.sql; for SQLite run PRAGMA journal_mode=WAL once."
    ),
    gettext_noop("Start time synchronisation (chrony or systemd-timesyncd) on both machines."),
    gettext_noop("Start Kamailio with more shared memory: -m, or SHM_MEMORY in /etc/default/kamailio."),
    gettext_noop("Switch the in-memory element on again."),
    gettext_noop(
        "Start the mail server, or correct LINEKEY_SMTP_HOST, _PORT, _STARTTLS, _USER and _PASSWORD."
    ),
    gettext_noop("Set LINEKEY_SMTP_STARTTLS=true."),
    gettext_noop("Start the SMS gateway, or correct LINEKEY_SMS_URL."),
    gettext_noop("Correct LINEKEY_SMS_URL: no sendsms interface answers there."),
    gettext_noop("Correct LINEKEY_SMS_USER and LINEKEY_SMS_PASSWORD, or user-allow-ip in Kannel."),
    gettext_noop("Use an address with https:// in LINEKEY_SMS_URL."),
}
_PLACE = re.compile(r"[\w.\[\]-]+:\d+")
ENGLISH, THEIRS = "en", ""
"""The language of a detail: the wires' own, or the person's."""


def title_of(found: dict[str, Any]) -> str:
    check = str(found.get("check", ""))
    return gettext(CHECKS[check]) if check in CHECKS else check


def detail_of(found: dict[str, Any], element: str) -> tuple[str, str]:
    """The detail, and its language when it is not the person's."""
    told = str(found.get("detail", ""))
    place = _PLACE.search(told)
    for name, value in (("name", element), ("place", place[0] if place else "")):
        template = told.replace(value, f"%({name})s") if value else told
        if template in DETAILS:
            return gettext(template) % {name: value}, THEIRS
    return told, ENGLISH


def remedy_of(found: dict[str, Any]) -> str:
    advice = str(found.get("remedy", ""))
    return gettext(advice) if advice in REMEDIES else advice
