"""Add a second factor (ACC-2, NEW-8): it is kept once it has worked, and whoever else was in is out."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linekey.domain.access import Actor, Door
from linekey.domain.errors import (
    FlowOver,
    NotAllowed,
    Refusal,
    StepUpNeeded,
    TooManyThings,
    WrongCode,
    WrongKey,
)
from linekey.domain.factors import MOST_FACTORS
from linekey.domain.flows import MOST_TRIES, FlowKind
from linekey.domain.secret import Secret
from linekey.records import pages
from linekey.records.models import AuditEntry, Device, Factor, Flow, OpenSession, Person, Ticket
from linekey.usecases import confirm_identity, enrol_factor
from linekey.usecases.enrol_factor import Enrolled, TotpOffer
from linekey.vault.totp import STEP
from tests.build import Cast, actor, open_session, stale, visitor
from tests.hands import Hands, work
from tests.lab.authenticator import Authenticator
from tests.lab.second_factors import add_app, add_codes, add_key, asked_for_more, totp, wrong


def begin(cast: Cast, now: datetime, name: str = "Téléphone d’Ada") -> TotpOffer:
    return enrol_factor.begin_totp(actor=actor(cast.ada, now), name=name, visitor=visitor(), now=now)


def code(offer: TotpOffer, now: datetime) -> Secret:
    return Secret(pyotp.TOTP(offer.seed.reveal()).at(now))


def confirm(
    cast: Cast, offer: TotpOffer, typed: Secret, now: datetime, who: Person | None = None, browser: str = ""
) -> Enrolled:
    return enrol_factor.confirm_totp(
        actor=actor(who or cast.ada, now),
        reference=offer.flow,
        code=typed,
        visitor=visitor(browser) if browser else visitor(),
        now=now,
    )


class TestAnApplication:
    def test_it_counts_from_its_first_good_code_on(self, cast: Cast, now: datetime, hands: Hands) -> None:
        offer = begin(cast, now)
        assert not Factor.objects.exists()
        assert confirm(cast, offer, code(offer, now), now) == Enrolled(codes_wanted=True)
        (row,) = pages.factors(actor(cast.ada))
        assert (row.kind, row.name, row.passkey, row.created_at) == ("totp", "Téléphone d’Ada", False, now)
        work(hands)
        assert [mail.address for mail in hands.mail.mails] == [cast.ada.email]
        assert "Téléphone d’Ada" in hands.mail.mails[0].written.text
        entry = AuditEntry.objects.get(action="factor.added")
        assert entry.facts == {"what": "totp", "label": "Téléphone d’Ada"} and entry.person_id == cast.ada.pk

    def test_its_seed_is_not_kept_before_that_and_lies_in_clear_nowhere(
        self, cast: Cast, now: datetime
    ) -> None:
        offer = begin(cast, now)
        flow = Flow.objects.get(reference=offer.flow)
        assert offer.seed.reveal().encode() not in bytes(flow.sealed) and not Factor.objects.exists()
        assert offer.seed.reveal() not in str(flow.facts) and offer.seed.reveal() in offer.uri.reveal()
        confirm(cast, offer, code(offer, now), now)
        flow.refresh_from_db()
        assert bytes(flow.sealed) == b"" and offer.seed.reveal() not in repr(offer)

    def test_until_then_the_page_shows_the_same_seed_again_and_never_after(
        self, cast: Cast, now: datetime
    ) -> None:
        offer = begin(cast, now)
        ask: dict[str, Any] = {"visitor": visitor(), "now": now}
        again = enrol_factor.look_totp(actor=actor(cast.ada, now), reference=offer.flow, **ask)
        assert again == offer
        confirm(cast, offer, code(offer, now), now)
        with pytest.raises(FlowOver):
            enrol_factor.look_totp(actor=actor(cast.ada, now), reference=offer.flow, **ask)

    def test_the_code_that_enrolled_it_signs_nobody_in(self, cast: Cast, now: datetime) -> None:
        offer = begin(cast, now)
        confirm(cast, offer, code(offer, now), now)
        reference = confirm_identity.begin(actor=actor(cast.ada), visitor=visitor(), now=now)
        assert reference is not None
        with pytest.raises(WrongCode):
            confirm_identity.prove(
                actor=actor(cast.ada),
                reference=reference,
                proof=totp(code(offer, now)),
                visitor=visitor(),
                now=now,
            )

    @pytest.mark.parametrize("steps", [-1, 0, 1])
    def test_a_clock_one_step_wrong_is_good_enough(self, cast: Cast, now: datetime, steps: int) -> None:
        offer = begin(cast, now)
        confirm(cast, offer, code(offer, now + timedelta(seconds=steps * STEP)), now)
        assert Factor.objects.get().last_counter == int(now.timestamp()) // STEP + steps

    @pytest.mark.parametrize("steps", [-2, 2])
    def test_a_clock_two_steps_wrong_is_not(self, cast: Cast, now: datetime, steps: int) -> None:
        offer = begin(cast, now)
        with pytest.raises(WrongCode):
            confirm(cast, offer, code(offer, now + timedelta(seconds=steps * STEP)), now)

    def test_five_wrong_codes_end_it(self, cast: Cast, now: datetime) -> None:
        offer = begin(cast, now)
        for left in reversed(range(MOST_TRIES)):
            with pytest.raises(WrongCode) as refusal:
                confirm(cast, offer, wrong(code(offer, now)), now)
            assert refusal.value.values == {"left": left}
        with pytest.raises(FlowOver):
            confirm(cast, offer, code(offer, now), now)
        assert not Factor.objects.exists()

    def test_it_is_its_owners_in_the_browser_that_began_it_until_its_end(
        self, cast: Cast, now: datetime
    ) -> None:
        offer = begin(cast, now)
        good = code(offer, now)
        with pytest.raises(FlowOver):
            confirm(cast, offer, good, now, who=cast.bruno)
        with pytest.raises(FlowOver):
            confirm(cast, offer, good, now, browser="another browser")
        end = Flow.objects.get(reference=offer.flow).expires_at
        with pytest.raises(FlowOver):
            confirm(cast, offer, code(offer, end), end)
        confirm(cast, offer, good, now)
        with pytest.raises(FlowOver):
            confirm(cast, offer, good, now)
        assert Factor.objects.get().person_id == cast.ada.pk

    def test_a_new_beginning_takes_the_place_of_the_one_before(self, cast: Cast, now: datetime) -> None:
        first, second = begin(cast, now), begin(cast, now)
        assert first.seed != second.seed
        with pytest.raises(FlowOver):
            confirm(cast, first, code(first, now), now)
        confirm(cast, second, code(second, now), now)

    @pytest.mark.parametrize(
        ("typed", "name"), [("", "Application 2"), ("\u202e ", "Application 2"), ("x" * 99, "x" * 60)]
    )
    def test_it_has_a_name_whatever_was_typed(self, cast: Cast, now: datetime, typed: str, name: str) -> None:
        add_app(cast.ada, now)
        offer = begin(cast, now, typed)
        confirm(cast, offer, code(offer, now), now)
        assert Factor.objects.latest("pk").name == name

    def test_with_codes_at_hand_none_are_wanted(self, cast: Cast, now: datetime) -> None:
        add_app(cast.ada, now)
        add_codes(cast.ada, now)
        offer = begin(cast, now)
        assert confirm(cast, offer, code(offer, now), now) == Enrolled(codes_wanted=False)


def enrol_key(
    cast: Cast, now: datetime, key: Authenticator, name: str = "Clé bleue", who: Person | None = None
) -> Enrolled:
    owner = actor(who or cast.ada, now)
    offer = enrol_factor.begin_key(actor=owner, visitor=visitor(), now=now)
    return enrol_factor.confirm_key(
        actor=owner,
        reference=offer.flow,
        response=key.create(offer.options),
        name=name,
        visitor=visitor(),
        now=now,
    )


class TestAKey:
    def test_it_is_kept_with_all_that_its_next_use_needs(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        key = Authenticator(start=7, transports=("usb", "nfc"), verifies=False)
        assert enrol_key(cast, now, key) == Enrolled(codes_wanted=True)
        kept = Factor.objects.get()
        assert (kept.sign_count, kept.transports, kept.passkey, kept.name) == (
            7,
            ["usb", "nfc"],
            False,
            "Clé bleue",
        )
        work(hands)
        assert AuditEntry.objects.get(action="factor.added").facts == {"what": "key", "label": "Clé bleue"}
        assert len(hands.mail.mails) == 1

    def test_one_that_verified_its_owner_is_a_passkey(self, cast: Cast, now: datetime) -> None:
        enrol_key(cast, now, Authenticator(), name="")
        kept = Factor.objects.get()
        assert kept.passkey and kept.name == "FIDO2 1"
        assert AuditEntry.objects.get(action="factor.added").facts["what"] == "passkey"

    def test_the_same_key_is_not_registered_twice_nor_for_two_people(self, cast: Cast, now: datetime) -> None:
        key = Authenticator()
        enrol_key(cast, now, key)
        for owner in (cast.ada, cast.eve):
            offer = enrol_factor.begin_key(actor=actor(owner, now), visitor=visitor(), now=now)
            with pytest.raises(WrongKey):
                enrol_factor.confirm_key(
                    actor=actor(owner, now),
                    reference=offer.flow,
                    response=key.attest(key.credentials[0], offer.options),
                    name="",
                    visitor=visitor(),
                    now=now,
                )
        assert Factor.objects.get().person_id == cast.ada.pk

    def test_the_browser_is_told_which_keys_are_hers_already_and_nobody_elses(
        self, cast: Cast, now: datetime
    ) -> None:
        enrol_key(cast, now, Authenticator(transports=("usb",)))
        enrol_key(cast, now, Authenticator(), who=cast.eve)
        (excluded,) = enrol_factor.begin_key(actor=actor(cast.ada, now), visitor=visitor(), now=now).options[
            "excludeCredentials"
        ]
        assert excluded["id"] == Factor.objects.get(person=cast.ada).credential_id
        assert excluded["transports"] == ["usb"]

    def test_an_answer_works_once_and_a_refused_one_is_begun_again(self, cast: Cast, now: datetime) -> None:
        owner, key = actor(cast.ada, now), Authenticator(origin="https://evil.test")
        offer = enrol_factor.begin_key(actor=owner, visitor=visitor(), now=now)
        ask: dict[str, Any] = {
            "actor": owner,
            "reference": offer.flow,
            "name": "",
            "visitor": visitor(),
            "now": now,
        }
        with pytest.raises(WrongKey):
            enrol_factor.confirm_key(response=key.create(offer.options), **ask)
        key.origin = "http://localhost:8000"
        with pytest.raises(FlowOver):
            enrol_factor.confirm_key(response=key.attest(key.credentials[0], offer.options), **ask)
        assert not Factor.objects.exists()

    def test_of_two_tabs_the_one_opened_last_counts(self, cast: Cast, now: datetime) -> None:
        owner, key = actor(cast.ada, now), Authenticator()
        first = enrol_factor.begin_key(actor=owner, visitor=visitor(), now=now)
        second = enrol_factor.begin_key(actor=owner, visitor=visitor(), now=now)
        answer = key.create(first.options)
        for reference, refusal in ((first.flow, FlowOver), (second.flow, WrongKey)):
            with pytest.raises(refusal):
                enrol_factor.confirm_key(
                    actor=owner, reference=reference, response=answer, name="", visitor=visitor(), now=now
                )

    def test_a_flow_of_one_kind_takes_no_factor_of_the_other(self, cast: Cast, now: datetime) -> None:
        owner, key = actor(cast.ada, now), Authenticator()
        offer = enrol_factor.begin_key(actor=owner, visitor=visitor(), now=now)
        with pytest.raises(FlowOver):
            enrol_factor.confirm_totp(
                actor=owner, reference=offer.flow, code=Secret("000000"), visitor=visitor(), now=now
            )
        application = begin(cast, now)
        with pytest.raises(FlowOver):
            enrol_factor.confirm_key(
                actor=owner,
                reference=application.flow,
                response=key.create(offer.options),
                name="",
                visitor=visitor(),
                now=now,
            )

    @given(
        response=st.recursive(
            st.none() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["id", "rawId", "type", "response", "x"]), inner, max_size=4
                )
            ),
        )
    )
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_whatever_comes_back_is_refused_and_breaks_nothing(
        self, cast: Cast, now: datetime, response: Any
    ) -> None:
        owner = actor(cast.ada, now)
        offer = enrol_factor.begin_key(actor=owner, visitor=visitor(), now=now)
        with pytest.raises(WrongKey):
            enrol_factor.confirm_key(
                actor=owner, reference=offer.flow, response=response, name="", visitor=visitor(), now=now
            )


class TestEveryNewFactor:
    def test_it_ends_whatever_else_is_open_but_the_session_it_came_from(
        self, cast: Cast, now: datetime
    ) -> None:
        other = open_session(cast.ada, now)
        Device.objects.update(digest="of another browser")
        mine = open_session(cast.ada, now)
        add_app(cast.ada, now)
        assert not OpenSession.objects.filter(ended_at=None).exists()  # Added from nowhere: nothing is kept.
        OpenSession.objects.update(ended_at=None)
        Device.objects.update(ended_at=None)
        reference = asked_for_more(cast.ada, now, "a third browser")
        offer = begin(cast, now)
        enrol_factor.confirm_totp(
            actor=replace(actor(cast.ada, now), session_id=mine.pk),
            reference=offer.flow,
            code=code(offer, now),
            visitor=visitor(),
            now=now,
        )
        other.refresh_from_db()
        mine.refresh_from_db()
        assert other.ended_at == now and mine.ended_at is None
        assert [device.pk for device in Device.objects.filter(ended_at=None)] == [mine.device_id]
        assert Flow.objects.get(reference=reference).state == "ended"
        assert not Ticket.objects.filter(used_at=None).exists()

    def test_it_needs_the_portal_and_a_recent_proof(self, cast: Cast, now: datetime) -> None:
        offer = begin(cast, now)
        refused: list[tuple[Actor, type[Refusal]]] = [
            (stale(actor(cast.ada, now)), StepUpNeeded),
            (actor(cast.ada, now - timedelta(minutes=16)), StepUpNeeded),
            (actor(cast.ada, now, Door.API), NotAllowed),
            (actor(cast.ada, now, Door.LINK), NotAllowed),
        ]
        where: dict[str, Any] = {"visitor": visitor(), "now": now}
        for who, refusal in refused:
            for act in (
                lambda who=who: enrol_factor.begin_totp(actor=who, name="", **where),
                lambda who=who: enrol_factor.look_totp(actor=who, reference=offer.flow, **where),
                lambda who=who: enrol_factor.confirm_totp(
                    actor=who, reference=offer.flow, code=code(offer, now), **where
                ),
                lambda who=who: enrol_factor.begin_key(actor=who, **where),
                lambda who=who: enrol_factor.confirm_key(
                    actor=who, reference=offer.flow, response={}, name="", **where
                ),
            ):
                with pytest.raises(refusal):
                    act()
        assert not Factor.objects.exists() and Flow.objects.filter(kind=FlowKind.ENROLMENT).count() == 1

    def test_a_person_has_ten_at_most(self, cast: Cast, now: datetime) -> None:
        for number in range(MOST_FACTORS - 1):
            add_key(cast.ada, now, f"Clé {number}")
        offer = begin(cast, now)
        add_key(cast.ada, now, key=Authenticator())
        for act in (
            lambda: begin(cast, now),
            lambda: enrol_factor.begin_key(actor=actor(cast.ada, now), visitor=visitor(), now=now),
        ):
            with pytest.raises(TooManyThings):
                act()
        # The flow begun while there was room: what ends others ended it, and it could not add an eleventh.
        Flow.objects.filter(reference=offer.flow).update(state="proof")
        with pytest.raises(TooManyThings):
            confirm(cast, offer, code(offer, now), now)
        assert Factor.objects.count() == MOST_FACTORS

    def test_every_contact_is_told(self, cast: Cast, now: datetime, hands: Hands) -> None:
        cast.ada.backup_email, cast.ada.backup_verified_at = "ada@ailleurs.test", now
        cast.ada.save()
        add_key(cast.ada, now)
        work(hands)
        assert [mail.address for mail in hands.mail.mails] == [cast.ada.email, "ada@ailleurs.test"]
