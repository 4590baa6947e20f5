"""One's own password: the current one, the PIN if there is one, and what ends with it (TEAM-1, TEAM-3)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linekey.domain.access import Actor, Door
from linekey.domain.errors import NotAllowed, PasswordRefused, TooManyAttempts, WrongPassword, WrongPin
from linekey.domain.flows import FlowKind, FlowState
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import flows, pages, tickets
from linekey.records.models import AuditEntry, Device, Flow, OpenSession, Person, Ticket
from linekey.usecases import change_password, confirm_identity, set_pin
from tests.build import PORTAL_PASSWORD, Cast, actor, open_session, stale, visitor
from tests.hands import Hands, work

NEW = Secret("un canari jaune et bavard")
PIN = Secret("482915")


@pytest.fixture
def ada(cast: Cast, now: datetime) -> Actor:
    """Signed in, with a session of her own."""
    return replace(actor(cast.ada, now), session_id=open_session(cast.ada, now).pk)


def change(
    who: Actor,
    now: datetime,
    *,
    current: Secret = PORTAL_PASSWORD,
    new: Secret = NEW,
    pin: Secret | None = None,
) -> str:
    return change_password.change(actor=who, current=current, new=new, pin=pin, now=now)


def test_the_current_password_is_proof_enough_and_her_session_goes_on(
    cast: Cast, ada: Actor, now: datetime
) -> None:
    stamp = change(stale(ada), now)
    assert Person.objects.get(pk=cast.ada.pk).check_password(NEW.reveal())
    assert ada.session_id is not None
    assert pages.actor_of_session(ada.session_id, stamp, now) is not None
    assert pages.actor_of_session(ada.session_id, cast.ada.get_session_auth_hash(), now) is None


def test_every_other_session_browser_link_and_flow_ends(cast: Cast, ada: Actor, now: datetime) -> None:
    elsewhere = OpenSession.objects.create(
        person=cast.ada,
        told="Chrome",
        address="192.0.2.9",
        network="192.0.2.0/24",
        method="password",
        opened_at=now,
        seen_at=now,
        confirmed_at=now,
    )
    Device.objects.create(
        person=cast.ada,
        digest="x",
        told="Chrome",
        address="192.0.2.9",
        first_seen_at=now,
        last_used_at=now,
        trusted_until=now + timedelta(days=90),
    )
    tickets.issue("d", Purpose.RECOVER, person=cast.ada, now=now)
    flows.begin(FlowKind.SIGN_IN, FlowState.FACTOR, person=cast.ada, browser="x", now=now)
    change(ada, now)
    elsewhere.refresh_from_db()
    assert elsewhere.ended_at == now
    assert OpenSession.objects.get(ended_at=None).pk == ada.session_id
    assert Device.objects.get(ended_at=None).digest != "x"
    assert Flow.objects.get().state == FlowState.ENDED
    assert not Ticket.objects.filter(used_at=None).exists()


def test_every_contact_of_hers_is_told(cast: Cast, ada: Actor, now: datetime, hands: Hands) -> None:
    cast.ada.backup_email, cast.ada.backup_verified_at = "lou@example.net", now
    cast.ada.save()
    change(ada, now)
    work(hands)
    assert {mail.address for mail in hands.mail.mails} == {cast.ada.email, "lou@example.net"}
    entry = AuditEntry.objects.get(action="password.changed")
    assert (entry.actor_id, entry.person_id, entry.facts) == (cast.ada.pk, cast.ada.pk, {})


def test_a_wrong_current_password_changes_nothing(cast: Cast, ada: Actor, now: datetime) -> None:
    with pytest.raises(WrongPassword):
        change(ada, now, current=Secret("non"))
    assert Person.objects.get(pk=cast.ada.pk).check_password(PORTAL_PASSWORD.reveal())


def test_ten_wrong_ones_end_the_session(cast: Cast, ada: Actor, now: datetime) -> None:
    for _ in range(10):
        with pytest.raises(WrongPassword):
            change(ada, now, current=Secret("non"))
    with pytest.raises(TooManyAttempts):
        change(ada, now)
    assert not OpenSession.objects.filter(ended_at=None).exists()


def test_new_passwords_that_are_refused_are_no_wrong_attempts(cast: Cast, ada: Actor, now: datetime) -> None:
    for _ in range(12):
        with pytest.raises(PasswordRefused):
            change(ada, now, new=Secret("court"))
    assert change(ada, now)


def test_the_same_password_again_is_no_change(cast: Cast, ada: Actor, now: datetime) -> None:
    with pytest.raises(PasswordRefused) as refusal:
        change(ada, now, new=PORTAL_PASSWORD)
    assert [rule.code for rule in refusal.value.broken] == ["current"]  # type: ignore[attr-defined]


def test_what_the_form_shows_is_what_is_judged(cast: Cast, ada: Actor, now: datetime) -> None:
    form = change_password.look(actor=ada)
    verdicts = change_password.verdicts(actor=ada, candidate=Secret("Lemoine"))
    assert tuple(verdict.rule for verdict in verdicts) == form.conditions and not form.pin_asked
    assert {verdict.rule.code for verdict in verdicts if not verdict.good} == {"length", "personal"}


def test_trying_guesses_while_typing_tells_nothing_of_the_current_password(
    cast: Cast, ada: Actor, now: datetime
) -> None:
    """Whoever finds a session open could otherwise ask as often as they like."""

    def ticks(current: Secret | None) -> set[str]:
        verdicts = change_password.verdicts(actor=ada, candidate=PORTAL_PASSWORD, current=current)
        return {verdict.rule.code for verdict in verdicts if not verdict.good}

    assert ticks(None) == ticks(Secret("autre chose")) == set()
    assert ticks(PORTAL_PASSWORD) == {"current"}  # What stands in both fields is the same, right or wrong.


@pytest.mark.parametrize("door", [Door.API, Door.LINK])
def test_no_key_and_no_link_changes_a_password(cast: Cast, ada: Actor, now: datetime, door: Door) -> None:
    with pytest.raises(NotAllowed):
        change(replace(ada, door=door), now)
    with pytest.raises(NotAllowed):
        change_password.verdicts(actor=replace(ada, door=door), candidate=NEW)


def test_of_two_changes_at_once_the_second_no_longer_knows_the_password(
    cast: Cast, ada: Actor, now: datetime
) -> None:
    class Meanwhile(Secret):
        """Read last of all, while another change goes through."""

        def reveal(self) -> str:
            Person.objects.filter(pk=cast.ada.pk).update(password="another")
            return super().reveal()

    with pytest.raises(WrongPassword):
        change(ada, now, new=Meanwhile(NEW.reveal()))
    assert Person.objects.get(pk=cast.ada.pk).password == "another"
    assert not AuditEntry.objects.filter(action="password.changed").exists()


class TestWithAPin:
    @pytest.fixture(autouse=True)
    def _set(self, ada: Actor, now: datetime) -> None:
        set_pin.set_pin(actor=ada, pin=PIN, now=now)

    def test_it_is_asked_for(self, cast: Cast, ada: Actor, now: datetime) -> None:
        assert change_password.look(actor=ada).pin_asked
        change(ada, now, pin=PIN)
        assert Person.objects.get(pk=cast.ada.pk).check_password(NEW.reveal())

    @pytest.mark.parametrize("pin", [None, Secret(""), Secret("482916"), Secret(" 482915")])
    def test_a_missing_one_is_a_wrong_one(
        self, cast: Cast, ada: Actor, now: datetime, pin: Secret | None
    ) -> None:
        with pytest.raises(WrongPin):
            change(ada, now, pin=pin)
        assert Person.objects.get(pk=cast.ada.pk).check_password(PORTAL_PASSWORD.reveal())

    def test_whoever_knows_the_password_cannot_go_on_guessing_in_session_after_session(
        self, cast: Cast, ada: Actor, now: datetime
    ) -> None:
        """Nor by proving the password in between, which forgives what was counted in the session."""
        for _ in range(10):
            fresh = replace(ada, session_id=open_session(cast.ada, now).pk)
            confirm_identity.by_password(actor=fresh, password=PORTAL_PASSWORD, now=now)
            with pytest.raises(WrongPin):
                change(fresh, now, pin=Secret("000000"))
        with pytest.raises(TooManyAttempts):
            change(replace(ada, session_id=open_session(cast.ada, now).pk), now, pin=PIN)
        change(replace(ada, session_id=open_session(cast.ada, now).pk), now + timedelta(hours=1), pin=PIN)

    def test_a_stranger_at_the_door_does_not_use_its_tries_up(
        self, cast: Cast, ada: Actor, now: datetime
    ) -> None:
        other = replace(actor(cast.bruno, now), session_id=open_session(cast.bruno, now).pk)
        for _ in range(10):
            with pytest.raises(WrongPassword):
                change(other, now, current=Secret("non"), pin=Secret("000000"))
        change(ada, now, pin=PIN)


def test_the_browser_that_changed_it_is_still_known(cast: Cast, ada: Actor, now: datetime) -> None:
    Device.objects.update(trusted_until=now + timedelta(days=90))
    change(ada, now)
    known = Device.objects.get(person=cast.ada, ended_at=None)
    assert known.told == visitor().device
    assert known.trusted_until is None  # Every trust falls with the password.
