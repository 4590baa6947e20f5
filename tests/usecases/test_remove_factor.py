"""Give a factor up, or another name (ACC-2, ACC-8)."""

from dataclasses import replace
from datetime import datetime

import pytest

from linekey.domain.access import Door
from linekey.domain.errors import NotAllowed, NotFound, StepUpNeeded
from linekey.records import pages
from linekey.records.models import AuditEntry, Factor, Flow, OpenSession, OutboxEffect, Person, RecoveryCode
from linekey.usecases import remove_factor
from tests.build import Cast, actor, open_session, stale, visitor
from tests.hands import Hands, work
from tests.lab.second_factors import add_app, add_codes, add_key, asked_for_more


def remove(who: Person, uid: str, now: datetime) -> None:
    remove_factor.remove(actor=actor(who, now), uid=uid, now=now)


def names(who: Person) -> list[str]:
    return [row.name for row in pages.factors(actor(who))]


def test_it_is_gone_and_every_contact_is_told_which(cast: Cast, now: datetime, hands: Hands) -> None:
    app = add_app(cast.ada, now)
    add_key(cast.ada, now, "Clé bleue")
    cast.ada.backup_email, cast.ada.backup_verified_at = "ada@ailleurs.test", now
    cast.ada.save()
    OutboxEffect.objects.all().delete()
    remove(cast.ada, app.uid, now)
    assert names(cast.ada) == ["Clé bleue"]
    work(hands)
    assert [mail.address for mail in hands.mail.mails] == [cast.ada.email, "ada@ailleurs.test"]
    assert "Téléphone d’Ada" in hands.mail.mails[0].written.text
    assert AuditEntry.objects.get(action="factor.removed").facts == {
        "what": "totp",
        "label": "Téléphone d’Ada",
    }


def test_whatever_else_is_open_ends_with_it(cast: Cast, now: datetime) -> None:
    app = add_app(cast.ada, now)
    mine, other = open_session(cast.ada, now), open_session(cast.ada, now)
    reference = asked_for_more(cast.ada, now, "another browser")
    remove_factor.remove(actor=replace(actor(cast.ada, now), session_id=mine.pk), uid=app.uid, now=now)
    assert OpenSession.objects.get(ended_at=None) == mine and OpenSession.objects.get(ended_at=now) == other
    assert Flow.objects.get(reference=reference).state == "ended"


def test_recovery_codes_stay_until_the_last_factor_goes_and_their_owner_is_told(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    app = add_app(cast.ada, now)
    add_key(cast.ada, now)
    add_codes(cast.ada, now)
    OutboxEffect.objects.all().delete()
    remove(cast.ada, app.uid, now)
    assert pages.codes(actor(cast.ada)).left == 10
    remove(cast.ada, Factor.objects.get().uid, now)
    assert not RecoveryCode.objects.exists() and not names(cast.ada)
    work(hands)
    told = (
        AuditEntry.objects.filter(action="factor.removed")
        .order_by("id")
        .values_list("facts__what", flat=True)
    )
    assert list(told) == ["totp", "passkey", "codes"] and len(hands.mail.mails) == 3


def test_without_codes_nothing_is_said_of_any(cast: Cast, now: datetime) -> None:
    remove(cast.ada, add_app(cast.ada, now).uid, now)
    assert AuditEntry.objects.filter(action="factor.removed").count() == 1


@pytest.mark.parametrize("uid", ["", "0" * 32, "\0", "x" * 10_000, "' OR 1=1 --"])
def test_what_is_nobodys_is_not_found(cast: Cast, now: datetime, uid: str) -> None:
    add_app(cast.ada, now)
    with pytest.raises(NotFound):
        remove(cast.ada, uid, now)
    with pytest.raises(NotFound):
        remove_factor.rename(actor=actor(cast.ada, now), uid=uid, name="x", now=now)


def test_what_is_somebody_elses_is_not_found_either(cast: Cast, now: datetime) -> None:
    hers = add_app(cast.eve, now).uid
    for who in (cast.ada, cast.bruno, cast.dina, cast.olivia):
        with pytest.raises(NotFound):
            remove(who, hers, now)
        with pytest.raises(NotFound):
            remove_factor.rename(actor=actor(who, now), uid=hers, name="x", now=now)
    assert names(cast.eve) == ["Téléphone d’Ada"] and not names(cast.ada)


def test_it_is_removed_once(cast: Cast, now: datetime) -> None:
    uid = add_app(cast.ada, now).uid
    remove(cast.ada, uid, now)
    with pytest.raises(NotFound):
        remove(cast.ada, uid, now)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Vieux téléphone", "Vieux téléphone"), ("", "Téléphone d’Ada"), ("\u202e", "Téléphone d’Ada")],
)
def test_it_has_another_name_where_one_can_be_seen(cast: Cast, now: datetime, typed: str, name: str) -> None:
    app = add_app(cast.ada, now)
    OutboxEffect.objects.all().delete()
    session = open_session(cast.ada, now)
    remove_factor.rename(actor=actor(cast.ada, now), uid=app.uid, name=typed, now=now)
    assert names(cast.ada) == [name]
    # Nothing opens or closes by it: nobody is told, and every session stays.
    assert OpenSession.objects.get(ended_at=None) == session and not OutboxEffect.objects.exists()
    assert AuditEntry.objects.get(action="factor.renamed").facts == {
        "what": "totp",
        "label": name,
        "former": "Téléphone d’Ada",
    }


def test_it_takes_the_portal_and_a_recent_proof(cast: Cast, now: datetime) -> None:
    uid = add_app(cast.ada, now).uid
    for who, refusal in (
        (stale(actor(cast.ada, now)), StepUpNeeded),
        (actor(cast.ada, now, Door.API), NotAllowed),
        (actor(cast.ada, now, Door.LINK), NotAllowed),
    ):
        with pytest.raises(refusal):
            remove_factor.remove(actor=who, uid=uid, now=now)
        with pytest.raises(refusal):
            remove_factor.rename(actor=who, uid=uid, name="x", now=now)
    assert names(cast.ada) == ["Téléphone d’Ada"]


def test_the_page_lists_ones_own_the_one_used_last_first(cast: Cast, now: datetime) -> None:
    add_app(cast.ada, now, "Téléphone")
    add_key(cast.ada, now, "Clé bleue")
    add_key(cast.eve, now, "Clé d’Eve")
    Factor.objects.filter(name="Téléphone").update(last_used_at=now)
    first, second = pages.factors(actor(cast.ada))
    assert (first.name, first.last_used_at, second.name, second.last_used_at) == (
        "Téléphone",
        now,
        "Clé bleue",
        None,
    )
    assert second.passkey and not first.passkey
    assert visitor().address not in repr(first)
