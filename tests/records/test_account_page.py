"""One's own account, as its pages may know it: true, one's own, and without any secret or hash."""

from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest

from linekey.domain.access import Actor
from linekey.domain.secret import Secret
from linekey.records import audit, pages, sessions
from linekey.records.models import AccessKey, Device, Factor, OpenSession, Person, RecoveryCode
from linekey.records.sessions import IDLE_ENDS, LASTS
from linekey.usecases import change_language, rotate_credential, set_pin
from linekey.vault import seal
from tests.build import Cast, actor, open_session, visitor


@pytest.fixture
def ada(cast: Cast, now: datetime) -> Actor:
    return replace(actor(cast.ada, now), session_id=open_session(cast.ada, now).pk)


def test_it_says_how_the_account_is_reached_and_protected(cast: Cast, ada: Actor, now: datetime) -> None:
    before = pages.account(ada, now)
    assert (before.customer_id, before.email, before.email_verified) == ("ab12345-lk", cast.ada.email, True)
    assert (before.phone, before.phone_verified, before.extension) == ("+33612345678", True, "")
    assert (before.backup_email, before.backup_verified, before.language) == ("", False, "fr")
    assert (before.has_pin, before.question, before.question_offered) == (False, "", False)
    assert (before.factor_count, before.codes_left, before.key_count) == (0, 0, 0)
    assert (before.session_count, before.device_count) == (1, 1)
    set_pin.set_pin(actor=ada, pin=Secret("482915"), now=now)
    Person.objects.filter(pk=cast.ada.pk).update(
        backup_email="lou@example.net", backup_verified_at=now, question="first_pet", answer="argon2$x"
    )
    cast.operator.policy |= {"security_question": True}
    cast.operator.save()
    for number, person in enumerate((cast.ada, cast.ada, cast.eve)):
        Factor.objects.create(uid=str(number), person=person, kind="totp", name="Mobile", created_at=now)
    codes = {"A2B3": (now, None), "C4D5": (now, now), "E6F7": (None, None)}
    for label, (proven, used) in codes.items():
        RecoveryCode.objects.create(
            person=cast.ada, sheet="s", label=label, encoded="x", made_at=now, proven_at=proven, used_at=used
        )
    for name, revoked in (("LKAK1", None), ("LKAK2", now)):
        AccessKey.objects.create(
            person=cast.ada, key_id=name, digest=name, name=name, created_at=now, revoked_at=revoked
        )
    after = pages.account(ada, now)
    assert (after.backup_email, after.backup_verified) == ("lou@example.net", True)
    assert (after.has_pin, after.question, after.question_offered) == (True, "first_pet", True)
    assert (after.factor_count, after.codes_left, after.key_count) == (2, 1, 1)


def test_no_field_of_it_holds_a_secret_or_a_hash(cast: Cast, ada: Actor, now: datetime) -> None:
    set_pin.set_pin(actor=ada, pin=Secret("482915"), now=now)
    page = pages.account(ada)
    told = repr([getattr(page, item.name) for item in fields(page)])
    assert "argon2" not in told and "482915" not in told and cast.ada.password not in told


class TestSessions:
    def test_this_one_stands_first_then_the_one_seen_last(
        self, cast: Cast, ada: Actor, now: datetime
    ) -> None:
        for name, minutes in (("library", 5), ("phone", 10)):
            who, at = visitor(name, device=name, address="192.0.2.9"), now + timedelta(minutes=minutes)
            sessions.open_session(cast.ada, who, seal.digest(who.browser), method="totp", trust=False, now=at)
        open_session(cast.eve, now)
        rows = pages.sessions(ada, now + timedelta(minutes=10))
        assert [(row.told, row.is_this) for row in rows] == [
            ("Firefox", True),
            ("phone", False),
            ("library", False),
        ]
        assert (rows[1].address, rows[1].method, rows[1].seen_at) == (
            "192.0.2.9",
            "totp",
            now + timedelta(minutes=10),
        )

    @pytest.mark.parametrize("over", ["ended", "idle", "old"])
    def test_one_that_lets_nobody_in_is_not_listed(
        self, cast: Cast, ada: Actor, now: datetime, over: str
    ) -> None:
        later = now + LASTS
        changes = {
            "ended": {"ended_at": now, "seen_at": later, "opened_at": later},
            "idle": {"seen_at": later - IDLE_ENDS, "opened_at": later - IDLE_ENDS},
            "old": {"seen_at": later},
        }[over]
        OpenSession.objects.update(**changes)
        assert ada.session_id is not None
        assert pages.actor_of_session(ada.session_id, cast.ada.get_session_auth_hash(), later) is None
        assert pages.sessions(ada, later) == [] and pages.account(ada, later).session_count == 0


def test_browsers_are_told_with_the_trust_that_still_holds(cast: Cast, ada: Actor, now: datetime) -> None:
    for name, trust in (("trusted", now + timedelta(days=1)), ("no more", now)):
        Device.objects.create(
            person=cast.ada,
            digest=name,
            told=name,
            address="192.0.2.9",
            first_seen_at=now,
            last_used_at=trust,
            trusted_until=trust,
        )
    Device.objects.create(
        person=cast.ada,
        digest="gone",
        told="gone",
        address="",
        first_seen_at=now,
        last_used_at=now,
        ended_at=now,
    )
    rows = {row.told: row.trusted_until for row in pages.devices(ada, now)}
    assert rows == {"trusted": now + timedelta(days=1), "no more": None, "Firefox": None}
    assert pages.devices(ada, now)[0].told == "trusted"


class TestActivity:
    def test_it_holds_what_she_did_and_what_was_done_to_her(
        self, cast: Cast, ada: Actor, now: datetime
    ) -> None:
        change_language.change(actor=ada, language="en", now=now)
        rotate_credential.reset(
            actor=actor(cast.bruno, now), reference=cast.line.reference, operation="a", now=now
        )
        audit.write(action="person.unlocked", now=now, actor=actor(cast.dina), person=cast.ada, reason="call")
        audit.write(action="session.refused", now=now, actor=None, person=cast.ada, address="192.0.2.9")
        audit.write(action="person.language", now=now, actor=actor(cast.eve), person=cast.eve)
        rows = {row.action: row for row in pages.activity(ada).rows}
        assert rows.keys() == {"person.language", "person.unlocked", "session.refused"}
        assert (rows["person.language"].by, rows["person.language"].facts) == ("", {"language": "en"})
        assert (rows["person.unlocked"].by, rows["person.unlocked"].facts) == (
            "Linekey Télécom",
            {"reason": "call"},
        )
        assert (rows["session.refused"].by, rows["session.refused"].facts) == ("", {"address": "192.0.2.9"})

    def test_what_she_did_to_a_line_names_the_line(self, cast: Cast, ada: Actor, now: datetime) -> None:
        rotate_credential.reset(actor=ada, reference=cast.line.reference, operation="a", now=now)
        (row,) = pages.activity(ada).rows
        assert (row.service, row.by, row.at) == (cast.line.reference, "", now)

    def test_it_never_says_who_of_support_acted_nor_from_where(
        self, cast: Cast, ada: Actor, now: datetime
    ) -> None:
        audit.write(
            action="person.unlocked",
            now=now,
            actor=actor(cast.dina),
            person=cast.ada,
            address="192.0.2.50",
            device="Dina's laptop",
        )
        told = repr(pages.activity(ada))
        assert not any(word in told for word in ("Dina", "dh45678", "192.0.2.50", "Haddad"))

    def test_it_is_read_page_by_page_newest_first(self, cast: Cast, ada: Actor, now: datetime) -> None:
        for number in range(60):
            audit.write(action="a", now=now, actor=ada, person=cast.ada, number=str(number))
        found: list[str] = []
        before, turned = None, 0
        while turned == 0 or before is not None:
            page = pages.activity(ada, before)
            found += [row.facts["number"] for row in page.rows]
            before, turned = page.next, turned + 1
        assert found == [str(number) for number in reversed(range(60))] and turned == 3

    def test_a_last_page_that_is_full_has_none_after_it(self, cast: Cast, ada: Actor, now: datetime) -> None:
        for _ in range(25):
            audit.write(action="a", now=now, actor=ada, person=cast.ada)
        page = pages.activity(ada)
        assert len(page.rows) == 25 and page.next is None
        assert pages.activity(ada, 0).rows == [] and len(pages.activity(ada, 2**70).rows) == 25

    def test_a_page_costs_one_query(
        self, cast: Cast, ada: Actor, now: datetime, django_assert_num_queries: object
    ) -> None:
        for who in (cast.ada, cast.dina, cast.bruno):
            audit.write(action="a", now=now, actor=actor(who), person=cast.ada, service=cast.line)
        with django_assert_num_queries(1):  # type: ignore[operator]
            assert len(pages.activity(ada).rows) == 3

    def test_an_administrator_reads_their_own_and_not_their_members(
        self, cast: Cast, ada: Actor, now: datetime
    ) -> None:
        change_language.change(actor=ada, language="en", now=now)
        assert pages.activity(actor(cast.bruno, now)).rows == []
