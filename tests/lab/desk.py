"""One worker, stepped by hand: what a test needs to stop time between two effects."""

from datetime import UTC, datetime, timedelta

from linekey.delivery.fakes import FakeMailer
from linekey.delivery.letters import OperatorVoice
from linekey.domain.effects import StepState
from linekey.enact.outside import Outside
from linekey.network.fakes import FakeAccessServer, FakeRegistrar
from linekey.network.ports import AccessServer, Registrar
from linekey.records.models import OutboxEffect
from linekey.worker.loop import Worker, grouped
from tests.build import ACCESS_SERVER, REGISTRAR

VOICE = OperatorVoice(name="Linekey Télécom", support_phone="1007", public_url="https://desk.example")
LEASE = timedelta(seconds=30)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def outside(
    registrar: Registrar | None = None,
    access_server: AccessServer | None = None,
    mailer: FakeMailer | None = None,
) -> Outside:
    """The wires a test cares about; in-memory ones answer for the rest."""
    return Outside(
        registrars={REGISTRAR: registrar or FakeRegistrar()},
        access_servers={ACCESS_SERVER: access_server or FakeAccessServer()},
        mail=mailer or FakeMailer(),
        voice=VOICE,
        mail_host="desk.example",
    )


def work(wires: Outside, *, rounds: int = 20) -> None:
    """Claim and make true until nothing is due; what was put back for later stays there."""
    worker = Worker(wires, LEASE)
    for _ in range(rounds):
        claimed = worker.claim(100)
        if not claimed:
            return
        for batch in grouped(claimed):
            worker.make_true(batch)


def make_due() -> None:
    """Let the pause after trouble be over."""
    OutboxEffect.objects.filter(state=StepState.WAITING).update(not_before=LONG_AGO)


def states(plan: str) -> dict[str, str]:
    """State of each step of a plan, by kind."""
    return dict(OutboxEffect.objects.filter(plan=plan).order_by("step").values_list("kind", "state"))
