"""Make a key for a program, see it, revoke it: who may, what is told, what is kept (TEAM-5)."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from linekey.domain.access import Door, Scope
from linekey.domain.access_keys import MOST_LIVE
from linekey.domain.errors import Malformed, NotAllowed, NotFound, StepUpNeeded, TooManyThings
from linekey.domain.secret import Secret
from linekey.records import find, pages
from linekey.records.models import AccessKey, AuditEntry, OutboxEffect, Person
from linekey.records.pages.access_keys import MOST_ROWS
from linekey.usecases import manage_access_key, use_access_key
from linekey.usecases.manage_access_key import NewAccessKey
from linekey.vault import seal
from tests.build import Cast, actor, stale
from tests.hands import Hands, work


def make(person: Person, now: datetime, **wanted: Any) -> NewAccessKey:
    asked: dict[str, Any] = {
        "name": "Sauvegarde",
        "scopes": frozenset(Scope),
        "networks": [],
        "expires_at": None,
    }
    return manage_access_key.create(actor=actor(person, now), now=now, **(asked | wanted))


def test_a_key_is_made_and_its_secret_told_once(cast: Cast, now: datetime) -> None:
    new = make(cast.ada, now, networks=["203.0.113.7/24"], scopes=frozenset({Scope.READ}))
    assert re.fullmatch(r"LKAK[A-Z2-7]{16}", new.key_id)
    assert re.fullmatch(r"lksk_[A-Za-z0-9_-]{43}", new.secret.reveal())
    assert new.secret.reveal() not in repr(new)
    row = AccessKey.objects.get()
    assert row.digest == seal.digest(new.secret)
    assert (row.person_id, row.scopes, row.networks) == (cast.ada.pk, ["read"], ["203.0.113.0/24"])


def test_every_contact_is_told_of_a_new_key_and_of_its_end(cast: Cast, now: datetime, hands: Hands) -> None:
    cast.ada.backup_email, cast.ada.backup_verified_at = "ada@other.example", now
    cast.ada.save()
    new = make(cast.ada, now)
    manage_access_key.revoke(actor=actor(cast.ada, now), key_id=new.key_id, now=now)
    work(hands)
    assert {mail.address for mail in hands.mail.mails} == {cast.ada.email, "ada@other.example"}
    assert len(hands.mail.mails) == 4
    for mail in hands.mail.mails:
        assert "Sauvegarde" in mail.written.text and new.key_id in mail.written.text
        assert new.secret.reveal() not in mail.written.text
    actions = AuditEntry.objects.order_by("id").values_list("action", "person_id", "facts")
    key = {"key": new.key_id}
    assert list(actions) == [("access_key.create", cast.ada.pk, key), ("access_key.revoke", cast.ada.pk, key)]


def test_a_key_wants_a_recent_proof_in_the_portal_and_no_program_makes_one(cast: Cast, now: datetime) -> None:
    ada = actor(cast.ada, now)
    new = make(cast.ada, now)
    asked = {"name": "x", "scopes": frozenset(Scope), "networks": (), "expires_at": None}
    by_key = find.actor_of(cast.ada, door=Door.API, confirmed_at=now, scopes=frozenset(Scope))
    by_link = find.actor_of(cast.ada, door=Door.LINK, confirmed_at=now)
    for who, refusal in ((stale(ada), StepUpNeeded), (by_key, NotAllowed), (by_link, NotAllowed)):
        with pytest.raises(refusal):
            manage_access_key.create(actor=who, now=now, **asked)  # type: ignore[arg-type]
        with pytest.raises(refusal):
            manage_access_key.revoke(actor=who, key_id=new.key_id, now=now)
    assert AccessKey.objects.filter(revoked_at=None).count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("scopes", frozenset()),
        ("networks", ["office"]),
        ("expires_at", datetime.fromisoformat("2026-03-02T09:30:00+00:00")),
    ],
)
def test_what_cannot_be_read_is_named_and_makes_nothing(
    cast: Cast, now: datetime, field: str, value: object
) -> None:
    with pytest.raises(Malformed) as refusal:
        make(cast.ada, now, **{field: value})
    assert refusal.value.values["field"] == field
    assert not AccessKey.objects.exists() and not OutboxEffect.objects.exists()


def test_ten_keys_that_work_are_enough(cast: Cast, now: datetime) -> None:
    first, *_ = [make(cast.ada, now, expires_at=now + timedelta(days=1)) for _ in range(MOST_LIVE)]
    with pytest.raises(TooManyThings):
        make(cast.ada, now)
    make(cast.bruno, now)
    manage_access_key.revoke(actor=actor(cast.ada, now), key_id=first.key_id, now=now)
    make(cast.ada, now)
    with pytest.raises(TooManyThings):
        make(cast.ada, now)
    make(cast.ada, now + timedelta(days=1))


@pytest.mark.parametrize("key_id", ["", "LKAK", "LKAK" + "A" * 16, "\0", "LKAK" + "A" * 10_000])
def test_an_unknown_key_is_not_found(cast: Cast, now: datetime, key_id: str) -> None:
    with pytest.raises(NotFound):
        manage_access_key.revoke(actor=actor(cast.ada, now), key_id=key_id, now=now)


def test_nobody_revokes_or_sees_anothers_key(cast: Cast, now: datetime) -> None:
    new = make(cast.ada, now)
    for other in (cast.eve, cast.bruno, cast.olivia):
        with pytest.raises(NotFound):
            manage_access_key.revoke(actor=actor(other, now), key_id=new.key_id, now=now)
        assert pages.access_keys(actor(other), now) == []


def test_a_key_is_revoked_once(cast: Cast, now: datetime) -> None:
    new = make(cast.ada, now)
    manage_access_key.revoke(actor=actor(cast.ada, now), key_id=new.key_id, now=now)
    with pytest.raises(NotFound):
        manage_access_key.revoke(actor=actor(cast.ada, now), key_id=new.key_id, now=now)
    assert OutboxEffect.objects.filter(message="access_key_revoked").count() == 1


def test_the_page_tells_of_each_key_what_it_may_and_when_it_was_used(cast: Cast, now: datetime) -> None:
    make(cast.ada, now, name="Ancienne", expires_at=now + timedelta(minutes=1))
    revoked = make(cast.ada, now, name="Perdue")
    new = make(cast.ada, now, name="Neuve", scopes=frozenset({Scope.READ}), networks=["2001:db8::/32"])
    manage_access_key.revoke(actor=actor(cast.ada, now), key_id=revoked.key_id, now=now)
    later = now + timedelta(minutes=1)
    use_access_key.authenticate(bearer=new.secret, address="2001:db8::7", now=later)
    newest, old, lost = pages.access_keys(actor(cast.ada), later)
    assert (newest.key_id, newest.name, newest.scopes) == (new.key_id, "Neuve", (Scope.READ,))
    assert (newest.networks, newest.last_used_at, newest.last_used_from) == (
        ("2001:db8::/32",),
        later,
        "2001:db8::7",
    )
    assert (
        newest.live and newest.created_at == now and newest.expires_at is None and newest.revoked_at is None
    )
    assert old.name == "Ancienne" and not old.live and old.last_used_at is None and old.last_used_from == ""
    assert lost.name == "Perdue" and not lost.live and lost.revoked_at == now


def test_a_key_that_works_is_never_lost_among_those_that_ended(cast: Cast, now: datetime) -> None:
    new = make(cast.ada, now)
    ended = [
        AccessKey(
            person=cast.ada,
            key_id=f"LKAK{number:016}",
            digest=seal.digest(Secret(str(number))),
            created_at=now,
            revoked_at=now,
        )
        for number in range(MOST_ROWS)
    ]
    AccessKey.objects.bulk_create(ended)
    rows = pages.access_keys(actor(cast.ada), now)
    assert len(rows) == MOST_ROWS and rows[0].key_id == new.key_id
