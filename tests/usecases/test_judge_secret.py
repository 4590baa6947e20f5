"""What the page shows before typing and while typing is what the server decides at the end."""

from datetime import datetime

import pytest
from django.utils import timezone

from linekey.domain.access import Actor
from linekey.domain.errors import NotAllowed, NotFound, PasswordRefused, StepUpNeeded
from linekey.domain.password_rules import Verdict
from linekey.domain.secret import Secret
from linekey.usecases import judge_secret, rotate_credential
from tests.build import GOOD_SIP_PASSWORD, Cast, actor


def broken(cast: Cast, typed: str) -> set[str]:
    verdicts = judge_secret.verdicts(
        actor=actor(cast.ada), reference=cast.line.reference, candidate=Secret(typed), now=timezone.now()
    )
    return {verdict.rule.code for verdict in verdicts if not verdict.good}


def test_the_conditions_shown_are_those_judged(cast: Cast, now: datetime) -> None:
    ada, reference = actor(cast.ada), cast.line.reference
    shown = judge_secret.conditions(actor=ada, reference=reference)
    judged = judge_secret.verdicts(actor=ada, reference=reference, candidate=Secret(""), now=now)
    assert list(shown) == [verdict.rule for verdict in judged]


@pytest.mark.parametrize("who", ["chen", "dina", "olivia"])
def test_whoever_may_not_choose_a_password_cannot_try_guesses_at_it(
    cast: Cast, now: datetime, who: str
) -> None:
    with pytest.raises(NotAllowed):
        judge_secret.verdicts(
            actor=actor(getattr(cast, who), now),
            reference=cast.line.reference,
            candidate=GOOD_SIP_PASSWORD,
            now=now,
        )


def test_an_administrator_tries_passwords_of_others_only_after_a_proof(cast: Cast, now: datetime) -> None:
    def tried(bruno: Actor) -> list[Verdict]:
        reference = cast.line.reference
        return judge_secret.verdicts(actor=bruno, reference=reference, candidate=GOOD_SIP_PASSWORD, now=now)

    assert tried(actor(cast.bruno, now))
    with pytest.raises(StepUpNeeded):
        tried(actor(cast.bruno))


@pytest.mark.parametrize("typed", ["court1", "Tilleul-4718", "iloveyou2026!", "Lemoine-7391", "été", ""])
def test_the_ticks_while_typing_are_the_verdict_at_the_end(cast: Cast, now: datetime, typed: str) -> None:
    at_the_end: set[str] = set()
    try:
        rotate_credential.change(
            actor=actor(cast.ada), reference=cast.line.reference, new=Secret(typed), operation="a", now=now
        )
    except PasswordRefused as refusal:
        at_the_end = {getattr(rule, "code", "") for rule in refusal.broken}
    if at_the_end:
        assert broken(cast, typed) == at_the_end
    else:
        assert broken(cast, typed) == {"history"}, "it was taken: from now on it was used before"


def test_a_password_of_a_retired_line_counts_as_used(cast: Cast, now: datetime) -> None:
    """The retirement itself holds no secret to compare with."""
    ada, bruno = actor(cast.ada), actor(cast.bruno, now)
    rotate_credential.change(
        actor=ada, reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    )
    rotate_credential.retire(actor=bruno, reference=cast.line.reference, operation="b", now=now)
    assert broken(cast, GOOD_SIP_PASSWORD.reveal()) == {"history"}


def test_letters_no_phone_can_send_are_judged_like_any_others(cast: Cast, now: datetime) -> None:
    """JSON may carry half a character (RFC 8259 section 8.2): it is refused, and breaks nothing."""
    rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    )
    assert "charset" in broken(cast, "tilleul-4718\ud800")


def test_the_resellers_stricter_rules_reach_its_customers(cast: Cast) -> None:
    assert broken(cast, "tilleul-4718") == set()
    cast.reseller.policy = {"sip_rules": "anssi"}
    cast.reseller.save()
    assert broken(cast, "tilleul-4718") == {"classes"}


def test_the_rules_of_a_strangers_line_are_nobodys_business(cast: Cast) -> None:
    with pytest.raises(NotFound):
        judge_secret.conditions(actor=actor(cast.ada), reference=cast.eves_line.reference)


def test_a_portal_password_is_judged_by_who_its_owner_is(cast: Cast) -> None:
    verdicts = judge_secret.portal_verdicts(cast.ada, Secret("ada.lemoine et moi"))
    assert {verdict.rule.code for verdict in verdicts if not verdict.good} == {"personal"}


def test_the_list_of_common_passwords_is_there(cast: Cast) -> None:
    assert {"password", "azerty", "iloveyou"} <= judge_secret.common_passwords()
