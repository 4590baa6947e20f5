"""An element which lost its database is given again what it accepted, and nothing else."""

from datetime import datetime

import pytest

from linekey.records.models import CredentialVersion, OutboxEffect
from linekey.usecases import rotate_credential
from linekey.worker import push_again
from tests.build import ACCESS_SERVER, GOOD_SIP_PASSWORD, REGISTRAR, Cast, actor
from tests.hands import Hands, work


def test_a_registrar_which_lost_everything_accepts_what_it_accepted(
    cast: Cast, now: datetime, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    ada, eve = actor(cast.ada, now), actor(cast.eve, now)
    for who, line in ((ada, cast.line), (eve, cast.eves_line)):
        rotate_credential.change(
            actor=who, reference=line.reference, new=GOOD_SIP_PASSWORD, operation=line.reference, now=now
        )
    work(hands)
    rotate_credential.retire(
        actor=actor(cast.olivia, now), reference=cast.eves_line.reference, operation="r", now=now
    )
    work(hands)
    mails = len(hands.mail.mails)
    lost = Hands(mail=hands.mail)
    assert push_again.main([REGISTRAR]) == 0
    assert "2 of " in capsys.readouterr().out
    work(lost)
    assert lost.registers(cast.line, GOOD_SIP_PASSWORD.reveal())
    assert not lost.registers(cast.eves_line, GOOD_SIP_PASSWORD.reveal())
    assert len(hands.mail.mails) == mails, "nobody is told"


def test_a_change_under_way_is_left_to_its_own_promise(cast: Cast, now: datetime, hands: Hands) -> None:
    rotate_credential.change(
        actor=actor(cast.ada, now),
        reference=cast.line.reference,
        new=GOOD_SIP_PASSWORD,
        operation="a",
        now=now,
    )
    before = OutboxEffect.objects.count()
    assert push_again.main([REGISTRAR]) == 0
    assert OutboxEffect.objects.count() == before


def test_what_only_the_element_knew_is_counted(
    cast: Cast, now: datetime, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    rotate_credential.reset(
        actor=actor(cast.olivia, now), reference=cast.access.reference, operation="a", now=now
    )
    work(hands)
    CredentialVersion.objects.update(sealed=b"")
    assert push_again.main([ACCESS_SERVER]) == 1
    assert "1 passwords only the element knew" in capsys.readouterr().out


def test_an_element_nobody_is_on_is_named(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert push_again.main(["kamailio-7"]) == 2
    assert "'kamailio-7'" in capsys.readouterr().err
