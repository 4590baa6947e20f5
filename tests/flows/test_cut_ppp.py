"""PPP-2 at a real FreeRADIUS: a password changed at once cuts its sessions, and every answer is kept."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from linekey.domain.kinds import Mode
from linekey.network.coa import DisconnectClient
from linekey.records.models import OutboxEffect
from linekey.usecases import rotate_credential
from tests.build import ACCESS_SERVER, Cast, actor
from tests.hands import make_due, wired, work
from tests.lab.elements import FreeRadiusInLab
from tests.lab.scripted_nas import ScriptedNas, ack, nak

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]


def test_every_open_session_is_cut_and_the_one_opened_with_the_new_password_is_seen(
    cast: Cast, freeradius: FreeRadiusInLab
) -> None:
    login, box, ghost = cast.access.ppp.login, f"box-{uuid4().hex}", f"ghost-{uuid4().hex}"
    account = partial(freeradius.account, login)

    def hangs_up(request: Any) -> list[bytes]:
        """As a real one does: the session ends, accounting says so, then comes the answer."""
        assert account(box, "stop", Acct_Terminate_Cause=6)
        return ack(request)

    here, there = ScriptedNas("here's", hangs_up), ScriptedNas("there's", nak(503), host="127.0.0.2")
    with here.listening(), there.listening():
        doors = DisconnectClient(None, {here.host: here.door, there.host: there.door}, timeout=1.0, tries=2)
        server = freeradius.adapter(disconnect=doors, name=ACCESS_SERVER)
        outside = wired(access_server=server)
        assert account(box, "start")
        assert account(ghost, "start", NAS_IP_Address="127.0.0.2")
        receipt = rotate_credential.reset(
            actor=actor(cast.ada, timezone.now()),
            reference=cast.access.reference,
            operation=uuid4().hex,
            now=timezone.now(),
            mode=Mode.IMMEDIATE,
        )
        work(outside)
        steps = OutboxEffect.objects.filter(plan=receipt.plan)
        answers = steps.get(kind="disconnect").result["answers"]
        assert {each["session"]: (each["answer"], each["error_cause"]) for each in answers} == {
            box: ("ack", None),
            ghost: ("nak", 503),
        }
        # Accounting's word, not the answer's: the ghost stays in its books until it is stopped there.
        assert [each.session_id for each in server.sessions(login)] == [ghost]
        assert account(ghost, "stop", NAS_IP_Address="127.0.0.2")
        assert receipt.shown_once is not None
        assert freeradius.login(login, receipt.shown_once.reveal(), "chap") is True
        assert account(f"back-{uuid4().hex}", "start", Event_Timestamp=_in_two_seconds())
        make_due()
        work(outside)
        assert steps.get(kind="watch").result["back"] is True
        assert [event.state for event in server.connection_log(login, 2)][:1] == ["start"]
    freeradius.account("", "", "on")


def _in_two_seconds() -> int:
    """Accounting tells whole seconds: surely after the change."""
    return int((timezone.now() + timedelta(seconds=2)).timestamp())
