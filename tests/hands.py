"""An outside held in the hand, and a worker which is asked to work instead of running by itself."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from linekey.delivery.fakes import FakeMailer, FakeSms, FakeWebhooks
from linekey.delivery.letters import OperatorVoice
from linekey.enact.outside import MailWire, Outside, SmsWire, WebhookWire
from linekey.enact.table import make_true
from linekey.network.fakes import FakeAccessServer, FakeRegistrar
from linekey.network.ports import AccessServer, Registrar, SipAddress
from linekey.records import outbox
from linekey.records.claimed import Claimed
from linekey.records.models import OutboxEffect, Service
from linekey.worker.hand import grouped
from linekey.worker.settle import settle_together
from tests.build import ACCESS_SERVER, REGISTRAR

LEASE = timedelta(seconds=30)
PUBLIC_URL = "https://desk.linekey.test"
VOICE = OperatorVoice("Linekey Télécom", "1007", PUBLIC_URL)


@dataclass
class Hands:
    """The elements, the mail server and the SMS gateway of the cast, in memory, with their switches."""

    registrar: FakeRegistrar = field(default_factory=lambda: FakeRegistrar(REGISTRAR))
    access: FakeAccessServer = field(default_factory=lambda: FakeAccessServer(ACCESS_SERVER))
    mail: FakeMailer = field(default_factory=FakeMailer)
    sms: FakeSms = field(default_factory=FakeSms)
    webhooks: FakeWebhooks = field(default_factory=FakeWebhooks)

    @property
    def outside(self) -> Outside:
        return wired(self.registrar, self.access, self.mail, self.sms, self.webhooks)

    def registers(self, line: Service, password: str) -> bool:
        status = self.registrar.register(SipAddress(line.sip.username, line.sip.realm), password)
        return {200: True, 401: False}[status]

    def logs_in(self, access: Service, password: str) -> bool | None:
        return self.access.login(access.ppp.login, password)


def outside(hands: Hands, mail: MailWire | None = None) -> Outside:
    return wired(hands.registrar, hands.access, mail or hands.mail, hands.sms, hands.webhooks)


def wired(
    registrar: Registrar | None = None,
    access_server: AccessServer | None = None,
    mail: MailWire | None = None,
    sms: SmsWire | None = None,
    webhooks: WebhookWire | None = None,
) -> Outside:
    """The wires a test cares about, real or not; in-memory ones answer for the rest.

    An operator without an SMS gateway: `dataclasses.replace(hands.outside, sms=None)`.
    """
    return Outside(
        registrars={REGISTRAR: registrar or FakeRegistrar(REGISTRAR)},
        access_servers={ACCESS_SERVER: access_server or FakeAccessServer(ACCESS_SERVER)},
        mail=mail or FakeMailer(),
        sms=sms or FakeSms(),
        voice=VOICE,
        mail_host="desk.linekey.test",
        webhooks=webhooks or FakeWebhooks(),
    )


def claim_due(now: datetime | None = None, limit: int = 100, lease: timedelta = LEASE) -> list[Claimed]:
    return outbox.claim(now=now or timezone.now(), lease=lease, limit=limit)


def carry_out(claimed: list[Claimed], hands: Hands | Outside, now: datetime | None = None) -> None:
    wires = hands if isinstance(hands, Outside) else hands.outside
    for batch in grouped(claimed):
        outcomes = make_true(batch, wires, now or timezone.now())
        settle_together(batch, outcomes)


def make_due() -> None:
    """Let the pause after trouble be over."""
    OutboxEffect.objects.filter(state="waiting").update(not_before=datetime(2000, 1, 1, tzinfo=UTC))


def work(hands: Hands | Outside, now: datetime | None = None) -> None:
    """Carry out what is due until nothing is; what has to wait stays waiting."""
    while claimed := claim_due(now):
        carry_out(claimed, hands, now)


def states(plan: str) -> dict[str, str]:
    """Kind of each step of a plan, and where it stands."""
    return dict(OutboxEffect.objects.filter(plan=plan).order_by("step").values_list("kind", "state"))


def on_sqlite() -> bool:
    return connection.vendor == "sqlite"
