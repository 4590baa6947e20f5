"""Where the real elements live, listen and keep their data: one value, handed to everything about them."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from linekey.domain.secret import Secret
from linekey.network.store import beside


@dataclass(frozen=True)
class ElementSettings:
    """Where the elements live and listen. Stores are SQLAlchemy addresses; empty means SQLite in `home`."""

    home: Path
    realm: str
    radius_secret: Secret
    host: str = "127.0.0.1"
    sip_port: int = 5060
    radius_port: int = 1812
    """Authentication; accounting is the next one."""
    coa_port: int = 3799
    """Where the access servers take Disconnect-Requests."""
    sip_store: str = field(default="", repr=False)
    radius_store: str = field(default="", repr=False)
    accounting_store: str = field(default="", repr=False)
    sip_events: str = field(default="", repr=False)
    """What Kamailio tells; empty: `sip_store`, or on SQLite a file beside it."""
    clients: str = "127.0.0.0/8"
    """The access servers which share `radius_secret`: an address or a network."""
    reject_delay: int = 0
    """Seconds FreeRADIUS holds a rejection back: 0, or 1 and more. A drawn password of 93 bits cannot be
    guessed, and whoever tests the old one sees it refused at once."""

    def store(self, which: str) -> str:
        """SQLAlchemy address of `sip`, `radius` or `accounting`."""
        told, file = {
            "sip": (self.sip_store, "sip.db"),
            "radius": (self.radius_store, "radius.db"),
            "accounting": (self.accounting_store, "radacct.db"),
        }[which]
        return told or f"sqlite:///{self.home.absolute() / 'data' / file}"

    @property
    def rpc_socket(self) -> Path:
        return self.home.absolute() / "run" / "kamailio.rpc"

    @property
    def radius_keys(self) -> Path:
        """Base64 keys of 32 bytes, one per line; the first seals, every one opens."""
        return self.home.absolute() / "etc" / "radius.key"

    @property
    def radius_clients(self) -> Path:
        return self.home.absolute() / "etc" / "clients.conf"

    @property
    def location_store(self) -> str:
        """SQLAlchemy address of Kamailio's `location`: on SQLite a file beside the store, sip-location.db."""
        return beside(self.store("sip"), "location")

    @property
    def events_store(self) -> str:
        """SQLAlchemy address of Kamailio's `linekey_event`."""
        return self.sip_events or beside(self.store("sip"), "events")

    def log(self, element: str) -> Path:
        return self.home.absolute() / "log" / f"{element}.log"


def deploy() -> Path:
    """The folder deploy/ of the checkout, or LINEKEY_DEPLOY when installed elsewhere."""
    told = os.environ.get("LINEKEY_DEPLOY")
    return Path(told) if told else Path(__file__).resolve().parents[3] / "deploy"


def clean_environment() -> dict[str, str]:
    """No PYTHON… and no virtual environment: FreeRADIUS embeds the system's Python."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}
