"""Plug & Phone: handsets which fetch their configuration, and with it their password (SIP-3, SIP-6).

Decides which makes there are, what each asks for, and what it is given. Writes no configuration: that is
`network.phones`. When a fetch draws a new password stands in `phones_care`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from linekey.domain.errors import N_, Malformed
from linekey.domain.secret import Secret


@dataclass(frozen=True)
class Vendor:
    code: str
    label: str
    file: str
    """Name of the file a handset asks for; `%(mac)s` and `%(MAC)s` stand for its own."""
    agent: str
    """What its User-Agent holds, lower case. A hint for people: whoever asks can say anything."""
    folder: bool = False
    """It wants the address of a folder, and finds its file there by itself."""


VENDORS: dict[str, Vendor] = {
    vendor.code: vendor
    for vendor in (
        Vendor("yealink", "Yealink", "%(mac)s.cfg", "yealink", folder=True),
        Vendor("snom", "Snom", "%(MAC)s.xml", "snom"),
        Vendor("grandstream", "Grandstream", "cfg%(mac)s.xml", "grandstream", folder=True),
        Vendor("cisco", "Cisco MPP", "%(mac)s.xml", "cisco"),
        Vendor("gigaset", "Gigaset", "%(mac)s.xml", "gigaset", folder=True),
        Vendor("fanvil", "Fanvil", "%(mac)s.cfg", "fanvil"),
        Vendor("linphone", "Linphone", "linphone.xml", "linphone"),
    )
}
SOFTPHONES = frozenset({"linphone"})
"""They have no MAC address."""

LONGEST_MODEL = 40
FIRST_LASTS = timedelta(days=7)
"""How long a first-access address waits for the handset to be plugged in."""
MOST_DRAWN = 6
"""Passwords drawn for one handset within an hour."""
LOG_KEPT = timedelta(days=30)
MOST_FETCHES = 60
"""Fetches of one handset within an hour."""
MOST_LOGGED = 100
"""Fetches kept per handset: one which polls every minute must not fill a table."""

TRANSPORTS = ("udp", "tcp", "tls")
SIP_PORT = 5060
"""RFC 3261 section 19.1.2."""
_MAC = re.compile(r"[0-9a-f]{12}")


class TokenKind(StrEnum):
    FIRST = "first"
    """In the address a person gives to the handset; it dies when the handset comes with the next one."""
    STEADY = "steady"
    """In the address the configuration itself holds."""


class Outcome(StrEnum):
    """What one fetch was answered."""

    DRAWN = "drawn"
    """The configuration, with a new password."""
    SETTINGS = "settings"
    """The configuration without a password: the handset keeps the one it has."""
    REFUSED = "refused"
    """Nothing is there: unknown or ended token, another file, a line that is not active."""


@dataclass(frozen=True)
class SipServer:
    """Where handsets register."""

    host: str
    port: int
    transport: str
    """One of `TRANSPORTS`."""

    @classmethod
    def of(cls, server: str, transports: Iterable[str]) -> "SipServer":
        """`host:port` and what the operator offers, preferred first, as the service sheet tells them."""
        host, _, port = server.rpartition(":")
        offered = [each.lower() for each in transports if each.lower() in TRANSPORTS]
        if not (host and port.isdecimal()):
            host, port = server, str(SIP_PORT)
        return cls(host, int(port), offered[0] if offered else TRANSPORTS[0])


@dataclass(frozen=True)
class Settings:
    """What one handset is given, but for secrets. Names come from people: they may hold anything."""

    vendor: str
    mac: str
    display_name: str
    number: str
    username: str
    realm: str
    server: SipServer


@dataclass(frozen=True)
class Configuration:
    """What one fetch is answered. Without a password the handset keeps the one it has."""

    settings: Settings
    password: Secret | None = None
    ha1: Secret | None = None
    """MD5(username:realm:password), for those which need no more."""
    folder: Secret | None = None
    """Address to fetch from next time, with its token and a slash at the end; None = as before."""

    @property
    def address(self) -> Secret | None:
        """`folder` with the name of the file."""
        file = file_of(VENDORS[self.settings.vendor], self.settings.mac)
        return Secret(f"{self.folder.reveal()}{file}") if self.folder else None


def require_vendor(typed: str) -> Vendor:
    """Raises Malformed."""
    if typed not in VENDORS:
        raise Malformed(field="vendor", why=N_("choose one of the makes offered"))
    return VENDORS[typed]


def require_model(typed: str) -> str:
    """Without blanks around. Raises Malformed."""
    model = typed.strip()
    if not 1 <= len(model) <= LONGEST_MODEL or not model.isprintable():
        raise Malformed(field="model", why=N_("it must be one line of at most 40 characters"))
    return model


def require_mac(typed: str, vendor: Vendor) -> str:
    """`00:15:65:AA:BB:CC`, `0015.65aa.bbcc` and the like as `001565aabbcc`; empty for a softphone.

    Raises Malformed.
    """
    if vendor.code in SOFTPHONES:
        if typed.strip():
            raise Malformed(field="mac", why=N_("a softphone has none: leave it empty"))
        return ""
    mac = re.sub(r"[\s:.-]", "", typed).lower()
    if not _MAC.fullmatch(mac):
        raise Malformed(field="mac", why=N_("it is twelve digits and letters, such as 00:15:65:AA:BB:CC"))
    return mac


def folder_of(public_url: str, token: Secret) -> Secret:
    """The address a handset is given. A token opens something, so it is told as a secret."""
    return Secret(f"{public_url}/provision/{token.reveal()}/")


def file_of(vendor: Vendor, mac: str) -> str:
    """The one file name which is answered."""
    return vendor.file % {"mac": mac, "MAC": mac.upper()}


def is_its_file(vendor: Vendor, mac: str, asked: str) -> bool:
    """Makes differ in how they write their own MAC address, some by firmware."""
    return asked.lower() == file_of(vendor, mac).lower()
