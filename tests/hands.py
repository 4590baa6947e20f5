"""An outside held in the hand, and a worker which is asked to work instead of running by itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from linekey.delivery.fakes import FakeMailer
from linekey.delivery.letters import OperatorVoice
from linekey.enact.outside import MailWire, Outside
from linekey.enact.table import make_true
from linekey.network.fakes import FakeAccessServer, FakeRegistrar
from linekey.network.ports import SipAddress
from linekey.records import outbox
from linekey.records.claimed import Claimed
from linekey.records.models import OutboxEffect, Service
from linekey.worker.loop import grouped
from linekey.worker.settle import settle
from tests.build import ACCESS_SERVER, REGISTRAR

LEASE = timedelta(seconds=30)
PUBLIC_URL = "https://desk.linekey.test"
VOICE = OperatorVoice("Linekey Télécom", "1007", PUBLIC_URL)


@dataclass
class Hands:
    """The elements and the mail server of the cast, in memory, with their switches."""

    registrar: FakeRegistrar = field(default_factory=lambda: FakeRegistrar(REGISTRAR))
    access: FakeAccessServer = field(default_factory=lambda: FakeAccessServer(ACCESS_SERVER))
    mail: FakeMailer = field(default_factory=FakeMailer)

    @property
    def outside(self) -> Outside:
        return outside(self)

    def registers(self, line: Service, password: str) -> bool:
        status = self.registrar.register(SipAddress(line.sip.username, line.sip.realm), password)
        return {200: True, 401: False}[status]

    def logs_in(self, access: Service, password: str) -> bool | None:
        return self.access.login(access.ppp.login, password)


def outside(hands: Hands, mail: MailWire | None = None) -> Outside:
    return Outside(
        registrars={hands.registrar.name: hands.registrar},
        access_servers={hands.access.name: hands.access},
        mail=mail or hands.mail,
        voice=VOICE,
        mail_host="desk.linekey.test",
    )


def claim_due(now: datetime | None = None, limit: int = 100, lease: timedelta = LEASE) -> list[Claimed]:
    return outbox.claim(now=now or timezone.now(), lease=lease, limit=limit)


def carry_out(claimed: list[Claimed], hands: Hands, now: datetime | None = None) -> None:
    for batch in grouped(claimed):
        outcomes = make_true(batch, hands.outside, now or timezone.now())
        for one in batch:
            settle(one, outcomes[one.id])


def work(hands: Hands, now: datetime | None = None) -> None:
    """Carry out what is due until nothing is; what has to wait stays waiting."""
    while claimed := claim_due(now):
        carry_out(claimed, hands, now)


def states(plan: str) -> dict[str, str]:
    """Kind of each step of a plan, and where it stands."""
    return dict(OutboxEffect.objects.filter(plan=plan).order_by("step").values_list("kind", "state"))


def on_sqlite() -> bool:
    return connection.vendor == "sqlite"
