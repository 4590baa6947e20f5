"""Access keys and tokens: found by what a program presents, ended with their person."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from linekey.domain import networks
from linekey.domain.access import Scope
from linekey.domain.access_keys import USE_NOTED_EVERY
from linekey.records.models import AccessKey, AccessToken, AuditEntry, Person
from linekey.records.prepared import Question, moment, text


def owner(person_id: int) -> Person:
    """Locked for the transaction, so that two keys made at once are counted one after the other."""
    people = Person.objects.select_related("organisation").select_for_update(of=("self",), no_key=True)
    return people.get(pk=person_id)


def count_live(person: Person, *, now: datetime) -> int:
    return sum(is_live(key, now) for key in AccessKey.objects.filter(person=person, revoked_at=None))


def named(key_id: str) -> AccessKey | None:
    """Live or not, with its person: one query, whatever was asked for."""
    return _with_person().filter(key_id=key_id).first()


def of_secret(digest: str) -> AccessKey | None:
    return _OF_SECRET.first(digest=digest)


def of_token(digest: str, *, now: datetime) -> AccessKey | None:
    """The key behind an access token that has not ended; a refresh token opens nothing (law 8)."""
    return _OF_TOKEN.first(digest=digest, now=now)


def refresh_token(digest: str) -> AccessToken | None:
    return AccessToken.objects.filter(digest=digest, refreshes=True).first()


def held(key_id: int) -> AccessKey:
    """Locked for the transaction: whoever ends or renews many tokens of a key does so one after the other."""
    return _with_person().select_for_update(of=("self",), no_key=True).get(pk=key_id)


def is_live(key: AccessKey, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def works(key: AccessKey, address: str, now: datetime) -> bool:
    """Live, of somebody who is not disabled, and presented from where it may be."""
    return is_live(key, now) and key.person.is_active and networks.within(address, key.networks)


def scopes_of(key: AccessKey) -> frozenset[Scope]:
    """A scope of a newer release is left out: it grants nothing here."""
    return frozenset(scope for scope in Scope if scope.value in key.scopes)


def note_use(key: AccessKey, address: str, *, now: datetime) -> bool:
    """Once in a while, not at every use; True when it was noted now, to one of those who use it at once."""
    if key.last_used_at is not None and now - key.last_used_at < USE_NOTED_EVERY:
        return False
    same = AccessKey.objects.filter(pk=key.pk, last_used_at=key.last_used_at)
    return bool(same.update(last_used_at=now, last_used_from=address[:45]))


def used_from(key: AccessKey, network: str) -> bool:
    """Does the trail say already that the key was used from there?"""
    told = AuditEntry.objects.filter(person=key.person, action="access_key.new_network")
    return told.filter(facts__key=key.key_id, facts__network=network).exists()


def add_token(
    key: AccessKey, digest: str, *, refreshes: bool, lasts: timedelta, now: datetime
) -> AccessToken:
    """It ends with its key, or before."""
    end = now + lasts
    return AccessToken.objects.create(
        key=key,
        digest=digest,
        refreshes=refreshes,
        created_at=now,
        expires_at=min(end, key.expires_at) if key.expires_at else end,
    )


def use_up(token: AccessToken, *, now: datetime) -> bool:
    """Of those who try at once, one is told True."""
    return bool(AccessToken.objects.filter(pk=token.pk, used_at=None, expires_at__gt=now).update(used_at=now))


def end_if_reused(token: AccessToken, *, now: datetime) -> bool:
    """A refresh token that comes again is in two hands: all tokens of its key die (RFC 9700, 4.14.2)."""
    if not AccessToken.objects.filter(pk=token.pk, used_at__isnull=False, expires_at__gt=now).exists():
        return False
    AccessToken.objects.filter(key=token.key, expires_at__gt=now).update(expires_at=now)
    return True


def end_tokens(person: Person, *, now: datetime) -> None:
    """Whatever was exchanged for a key dies; the key itself lives. Within a transaction."""
    # In one order for everybody, as `held` locks them: tokens themselves are found in any order.
    list(AccessKey.objects.select_for_update(no_key=True).filter(person=person).order_by("pk"))
    AccessToken.objects.filter(key__person=person, expires_at__gt=now).update(expires_at=now)


def _with_person() -> QuerySet[AccessKey]:
    return AccessKey.objects.select_related("person__organisation")


_OF_SECRET = Question(lambda: _with_person().filter(digest=text("digest")))
_OF_TOKEN = Question(
    lambda: _with_person().filter(
        tokens__digest=text("digest"), tokens__refreshes=False, tokens__expires_at__gt=moment("now")
    )
)
