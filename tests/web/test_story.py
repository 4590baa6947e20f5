"""NEW-2, NEW-4: the story of a change, in every state a step can be in, for a line and for an access."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from linekey.domain.effects import EffectKind, StepState
from linekey.domain.kinds import Delivery, Mode
from linekey.records.pages import Offer, Progress, ServicePage, ServiceRow, Step
from linekey.web.components.timeline import Story, story

NOW = datetime(2026, 3, 2, 13, 5, tzinfo=UTC)
"""14:05 in Paris."""
ROW = ServiceRow(
    reference="0033972101010",
    kind="sip_line",
    name="Ligne",
    state="active",
    organisation="Lumen",
    site="",
    owner="Ada",
    billing_account="",
    number="",
    licence="",
    technology="",
    client_reference="",
    end_client="",
    product="",
    accountcode="",
    address="",
)
PAGE = ServicePage(
    row=ROW,
    username="u",
    realm="r",
    managed_phone="",
    can_change=True,
    can_reset=True,
    can_send=True,
    can_retire=False,
    can_cut=False,
    rotation=Offer(Mode.GRACE, timedelta(hours=72)),
    delivery=Delivery.MAIL,
    contact="a•••@example.org",
    secret_since=None,
    renew_due=False,
    progress=None,
    observed=None,
    pbx="",
)


def step(kind: str, state: StepState = StepState.DONE, trouble: str = "", **result: Any) -> Step:
    since = NOW - timedelta(minutes=2)
    return Step(kind, state, since, NOW + timedelta(seconds=5), 1, trouble, result, "")


def told(*steps: Step, kind: str = "sip_line", minutes_ago: int = 1) -> Story:
    progress = Progress("p", "change", NOW - timedelta(minutes=minutes_ago), steps)
    with translation.override("en"):
        found = story(replace(PAGE, row=replace(ROW, kind=kind), progress=progress), NOW)
    assert found
    return found


def test_no_change_has_no_story() -> None:
    assert story(PAGE, NOW) is None


def test_a_silent_registrar_is_named_with_since_when_and_when_again() -> None:
    """« Le registrar ne répond pas depuis 14:03. Nouvel essai dans 5 s ; rien n'est perdu. »"""
    found = told(step("push", StepState.WAITING, "kamailio-1: no answer"), step("drop", StepState.WAITING))
    assert found.tone == "warning"
    line = found.lines[0]
    assert line.look == "trouble"
    assert "has not answered since 14:03" in line.text
    assert "Next try in 5 s; your change is not lost." in line.text
    assert line.detail == "kamailio-1: no answer"


def test_a_refusal_stops_the_change_and_nobody_is_cut() -> None:
    found = told(
        step("deliver", StepState.DEAD, "550 no such user"),
        step("push", StepState.BLOCKED),
        step("disconnect", StepState.BLOCKED),
        kind="pppoe_access",
    )
    assert found.tone == "danger"
    assert found.lines[0].look == "stopped"
    assert "nobody is cut before they hold the new password" in found.lines[1].text


def test_when_all_is_done_the_person_is_told_what_to_do() -> None:
    found = told(step("push"), step("drop", dropped=2), step("notify"), step("watch", StepState.WAITING))
    assert found.headline == "Done on the network. The old password is refused."
    assert found.next_step == "Now put the new password in the phone or the softphone."
    assert found.lines[1].text == "2 registrations made with the old password were dropped."
    assert found.wait == "1s"


def test_the_device_is_back_and_the_page_stops_asking() -> None:
    back: dict[str, Any] = {
        "back": True,
        "at": "2026-03-02T13:04:31+00:00",
        "user_agent": "Yealink T46U",
        "contact": "sip:x",
    }
    found = told(step("push"), step("drop", dropped=0), step("watch", **back))
    assert found.headline == "Done: the equipment is back with the new password."
    assert found.lines[2].text == "Back at 14:04:31 with Yealink T46U."
    assert found.wait == ""


def test_a_device_that_stays_away_is_told() -> None:
    found = told(step("push"), step("drop"), step("watch", back=False))
    assert found.tone == "warning"
    assert found.lines[2].look == "trouble"
    assert found.wait == ""


@pytest.mark.parametrize(
    ("answers", "said", "look"),
    [
        ([], "No session was open.", "done"),
        ([{"nas": "192.0.2.1", "answer": "ack"}], "Cut by the access server 192.0.2.1 (ACK).", "done"),
        ([{"nas": "192.0.2.1", "answer": "nak", "error_cause": 503}], "already over", "done"),
        ([{"nas": "192.0.2.1", "answer": "nak", "error_cause": 504}], "refused to cut", "trouble"),
        ([{"nas": "192.0.2.1", "answer": "timeout", "error_cause": None}], "did not answer", "trouble"),
        ("?", "No session was open.", "done"),
    ],
)
def test_what_the_access_server_answered_is_told(answers: Any, said: str, look: str) -> None:
    found = told(step("push"), step("disconnect", answers=answers), kind="pppoe_access")
    assert said in found.lines[1].text
    assert found.lines[1].look == look


def test_a_link_changes_nothing_before_it_is_opened() -> None:
    found = told(step("invite"), kind="pppoe_access")
    assert found.headline == "A one-time link was sent."
    assert "works until the link is opened" in found.lines[0].text


NO_STEPS = {EffectKind.RECOVER, EffectKind.CODE, EffectKind.ACTIVATE, EffectKind.OBSERVE}
NO_STEPS |= {EffectKind.CASE, EffectKind.CALL_BACK, EffectKind.WEBHOOK}
"""They belong to no change of a service."""


@pytest.mark.parametrize("kind", [kind for kind in EffectKind if kind not in NO_STEPS])
@pytest.mark.parametrize("state", list(StepState))
@pytest.mark.parametrize("service", ["sip_line", "pppoe_access"])
def test_every_step_in_every_state_has_words(kind: EffectKind, state: StepState, service: str) -> None:
    for trouble in ("", "no answer"):
        found = told(step(kind, state, trouble), kind=service)
        assert found.headline
        assert all(line.title and line.text for line in found.lines)


def test_the_page_asks_less_often_as_time_goes_by() -> None:
    soon = told(step("push", StepState.CLAIMED))
    late = told(step("push", StepState.CLAIMED), minutes_ago=10)
    assert (soon.wait, late.wait) == ("700ms", "3s")


def test_a_change_which_nothing_hinders_and_which_does_not_move_is_told() -> None:
    late = told(step("push", StepState.WAITING), minutes_ago=2)
    assert late.tone == "warning" and "longer than usual" in late.headline
    assert told(step("push", StepState.WAITING), minutes_ago=1).tone == "info"


def test_an_unchanged_story_has_the_same_print() -> None:
    assert told(step("push")).print == told(step("push")).print != told(step("push", StepState.DEAD)).print
