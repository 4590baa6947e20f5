"""A handset as a test plays it: given an address by hand, it fetches, and comes back by its own."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from linekey.domain.phones import Configuration, SipServer
from linekey.domain.secret import Secret
from linekey.records.models import Person, Phone, Service
from linekey.usecases import fetch_phone, give_phone
from linekey.usecases.fetch_phone import Fetched
from tests.build import actor
from tests.hands import PUBLIC_URL

SERVER = SipServer("sip.linekey.test", 15060, "udp")
AGENTS = {"yealink": "Yealink SIP-T46U 108.86.0.20 00:15:65:aa:bb:cc", "linphone": "Linphonec/5.1.65"}
AT_HOME = "198.51.100.20"


@dataclass
class Handset:
    """It knows what a real one knows: its address, its file, its password."""

    service: Service
    address: str
    vendor: str = "yealink"
    mac: str = "001565aabbcc"
    password: str = ""
    seen: list[Fetched] = field(default_factory=list)

    @property
    def token(self) -> str:
        return self.address.removeprefix(f"{PUBLIC_URL}/provision/").partition("/")[0]

    @property
    def file(self) -> str:
        return "linphone.xml" if self.vendor == "linphone" else f"{self.mac}.cfg"

    def fetch(self, now: datetime | None = None, *, source: str = AT_HOME) -> Configuration:
        """Ask, and keep what is told: the password, and the address to ask at next."""
        fetched = fetch_phone.fetch(
            token=Secret(self.token),
            file=self.file,
            server=SERVER,
            public_url=PUBLIC_URL,
            source=source,
            agent=AGENTS[self.vendor],
            now=now or timezone.now(),
        )
        self.seen.append(fetched)
        configuration = fetched.configuration
        if configuration.password and configuration.folder:
            self.password, self.address = configuration.password.reveal(), configuration.folder.reveal()
        return configuration

    @property
    def row(self) -> Phone:
        return Phone.objects.get(service=self.service)


def given(
    service: Service,
    by: Person,
    *,
    vendor: str = "yealink",
    mac: str = "001565aabbcc",
    operation: str = "give",
) -> Handset:
    now = timezone.now()
    opened = give_phone.give(
        actor=actor(by, now),
        reference=service.reference,
        vendor=vendor,
        model="T46U" if vendor == "yealink" else "Desktop",
        mac="" if vendor == "linphone" else mac,
        public_url=PUBLIC_URL,
        operation=operation,
        now=now,
    )
    service.sip.refresh_from_db()
    return Handset(service, opened.address.reveal(), vendor, mac)
