"""A program presents a key or a token: what works, what is counted, what is dead at once (TEAM-5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linekey.domain.access import Door, Scope
from linekey.domain.access_keys import REFRESH_LASTS, TOKEN_LASTS, USE_NOTED_EVERY
from linekey.domain.errors import AccessKeyNotValid, TooManyAttempts
from linekey.domain.limits import NETWORK, PERSON
from linekey.domain.secret import Secret
from linekey.records import tallies
from linekey.records.models import AccessKey, AccessToken, AuditEntry, OutboxEffect
from linekey.usecases import manage_access_key, sign_in, use_access_key
from linekey.usecases.end_access import end_access
from linekey.usecases.manage_access_key import NewAccessKey
from linekey.usecases.use_access_key import Tokens
from tests.build import PORTAL_PASSWORD, Cast, actor, visitor
from tests.hands import Hands, work
from tests.usecases.test_manage_access_key import make

ADDRESS = "203.0.113.7"
WRONG = Secret("lksk_" + "A" * 43)
UNKNOWN = "LKAK" + "A" * 16


@pytest.fixture
def key(cast: Cast, now: datetime) -> NewAccessKey:
    return make(cast.ada, now)


def exchange(key: NewAccessKey, now: datetime, address: str = ADDRESS) -> Tokens:
    return use_access_key.exchange(key_id=key.key_id, secret=key.secret, address=address, now=now)


def refresh(token: Secret, now: datetime, address: str = ADDRESS) -> Tokens:
    return use_access_key.refresh(token=token, address=address, now=now)


def works(bearer: Secret, now: datetime, address: str = ADDRESS) -> bool:
    try:
        use_access_key.authenticate(bearer=bearer, address=address, now=now)
    except AccessKeyNotValid:
        return False
    return True


def test_a_key_is_exchanged_for_tokens_which_act_as_its_person(cast: Cast, now: datetime) -> None:
    key = make(cast.ada, now, scopes=frozenset({Scope.READ}))
    tokens = exchange(key, now)
    assert tokens.lasts == TOKEN_LASTS and tokens.access.reveal() not in repr(tokens)
    for bearer in (tokens.access, key.secret):
        acting = use_access_key.authenticate(bearer=bearer, address=ADDRESS, now=now)
        assert acting == replace(actor(cast.ada), door=Door.API, scopes=frozenset({Scope.READ}))
    entry = AuditEntry.objects.get(action="access_key.exchange")
    assert (entry.person_id, entry.facts) == (cast.ada.pk, {"key": key.key_id, "address": ADDRESS})


def test_each_token_opens_its_own_door_alone(key: NewAccessKey, now: datetime) -> None:
    """Law 8."""
    tokens = exchange(key, now)
    assert works(tokens.access, now) and works(key.secret, now) and not works(tokens.refresh, now)
    for token in (tokens.access, key.secret, Secret(""), Secret("lkrt_"), Secret(key.key_id)):
        with pytest.raises(AccessKeyNotValid):
            refresh(token, now)
    for secret in (tokens.access, tokens.refresh, Secret(key.key_id), Secret("")):
        with pytest.raises(AccessKeyNotValid):
            use_access_key.exchange(key_id=key.key_id, secret=secret, address=ADDRESS, now=now)


def test_a_token_ends_after_an_hour_and_with_its_key_if_that_is_sooner(cast: Cast, now: datetime) -> None:
    lasting = exchange(make(cast.ada, now), now)
    ending = exchange(make(cast.ada, now, expires_at=now + timedelta(minutes=5)), now)
    assert ending.lasts == timedelta(minutes=5)
    for tokens in (lasting, ending):
        assert works(tokens.access, now + tokens.lasts - timedelta(microseconds=1))
        assert not works(tokens.access, now + tokens.lasts)
    with pytest.raises(AccessKeyNotValid):
        refresh(ending.refresh, now + timedelta(minutes=5))


def test_a_refresh_token_makes_one_new_pair(key: NewAccessKey, now: datetime) -> None:
    first = exchange(key, now)
    later = now + REFRESH_LASTS - timedelta(microseconds=1)
    second = refresh(first.refresh, later)
    assert works(second.access, later) and not works(first.access, later)
    third = refresh(second.refresh, later)
    assert works(third.access, later) and works(second.access, later)


def test_a_refresh_token_ends_after_twelve_hours(key: NewAccessKey, now: datetime) -> None:
    tokens = exchange(key, now)
    with pytest.raises(AccessKeyNotValid):
        refresh(tokens.refresh, now + REFRESH_LASTS)
    assert not AuditEntry.objects.filter(action="access_key.reused").exists()


def test_a_refresh_token_that_comes_again_ends_every_token_of_its_key_and_no_other(
    cast: Cast, key: NewAccessKey, now: datetime
) -> None:
    other = exchange(make(cast.ada, now), now)
    first, elsewhere = exchange(key, now), exchange(key, now)
    second = refresh(first.refresh, now)
    with pytest.raises(AccessKeyNotValid):
        refresh(first.refresh, now)
    for dead in (first.access, second.access, elsewhere.access):
        assert not works(dead, now)
    for token in (second.refresh, elsewhere.refresh, first.refresh):
        with pytest.raises(AccessKeyNotValid):
            refresh(token, now)
    assert AuditEntry.objects.filter(action="access_key.reused", person=cast.ada).count() == 1
    assert works(key.secret, now) and works(other.access, now)
    assert works(exchange(key, now).access, now)


def disable(cast: Cast, key: NewAccessKey, now: datetime) -> None:
    cast.ada.is_active = False
    cast.ada.save()


def revoke(cast: Cast, key: NewAccessKey, now: datetime) -> None:
    manage_access_key.revoke(actor=actor(cast.ada, now), key_id=key.key_id, now=now)


def expire(cast: Cast, key: NewAccessKey, now: datetime) -> None:
    AccessKey.objects.update(expires_at=now)


def limit(cast: Cast, key: NewAccessKey, now: datetime) -> None:
    AccessKey.objects.update(networks=["198.51.100.0/24"])


ENDS = [disable, revoke, expire, limit]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_key_that_ended_is_dead_at_once_with_all_its_tokens(
    cast: Cast, key: NewAccessKey, now: datetime, end: Callable[[Cast, NewAccessKey, datetime], None]
) -> None:
    tokens = exchange(key, now)
    end(cast, key, now)
    assert not works(key.secret, now) and not works(tokens.access, now)
    with pytest.raises(AccessKeyNotValid):
        exchange(key, now)
    with pytest.raises(AccessKeyNotValid):
        refresh(tokens.refresh, now)
    # What was refused was not used up.
    assert not AccessToken.objects.filter(used_at__isnull=False).exists()


def test_a_new_password_ends_tokens_and_leaves_the_key(cast: Cast, key: NewAccessKey, now: datetime) -> None:
    tokens = exchange(key, now)
    end_access(cast.ada, keep=None, now=now)
    assert not works(tokens.access, now) and works(key.secret, now)
    with pytest.raises(AccessKeyNotValid):
        refresh(tokens.refresh, now)


@pytest.mark.parametrize(
    ("ranges", "address", "good"),
    [
        ([], "203.0.113.7", True),
        ([], "", True),
        (["203.0.113.0/24"], "203.0.113.7", True),
        (["203.0.113.0/24"], "203.0.114.7", False),
        (["203.0.113.0/24"], "::ffff:203.0.113.7", True),
        (["::ffff:203.0.113.0/120"], "203.0.113.7", True),
        (["::ffff:203.0.113.0/120"], "::ffff:203.0.113.7", True),
        (["::ffff:203.0.113.0/120"], "203.0.114.7", False),
        (["203.0.113.0/24"], "2001:db8::7", False),
        (["2001:db8::/32"], "2001:db8:1::7", True),
        (["2001:db8::/32"], "2001:DB8::7%eth0", True),
        (["2001:db8::/32"], "2001:db9::7", False),
        (["198.51.100.1", "2001:db8::/32"], "198.51.100.1", True),
        (["0.0.0.0/0"], "2001:db8::7", False),
        (["::/0"], "203.0.113.7", False),
        (["203.0.113.0/24"], "", False),
        (["203.0.113.0/24"], "unix:", False),
    ],
)
def test_a_key_works_from_where_it_may(
    cast: Cast, now: datetime, ranges: list[str], address: str, good: bool
) -> None:
    key = make(cast.ada, now, networks=ranges)
    assert works(key.secret, now, address) is good
    if good:
        tokens = exchange(key, now, address)
        assert works(refresh(tokens.refresh, now, address).access, now, address)
    else:
        with pytest.raises(AccessKeyNotValid):
            exchange(key, now, address)


def test_its_last_use_is_noted_once_a_minute(key: NewAccessKey, now: datetime) -> None:
    def last() -> tuple[datetime | None, str]:
        row = AccessKey.objects.get()
        return row.last_used_at, row.last_used_from

    assert last() == (None, "")
    use_access_key.authenticate(bearer=key.secret, address=ADDRESS, now=now)
    almost = now + USE_NOTED_EVERY - timedelta(microseconds=1)
    use_access_key.authenticate(bearer=key.secret, address="198.51.100.9", now=almost)
    assert last() == (now, ADDRESS)
    after = now + USE_NOTED_EVERY
    exchange(key, after, "198.51.100.9")
    assert last() == (after, "198.51.100.9")


def test_a_call_costs_one_query(key: NewAccessKey, now: datetime) -> None:
    tokens = exchange(key, now)
    for bearer in (key.secret, tokens.access, tokens.refresh, WRONG, Secret("lkat_x")):
        with CaptureQueriesContext(connection) as captured:
            works(bearer, now)
        assert len(captured) == 1


def test_a_scope_of_a_newer_release_grants_nothing_here(key: NewAccessKey, now: datetime) -> None:
    AccessKey.objects.update(scopes=["read", "everything"])
    acting = use_access_key.authenticate(bearer=key.secret, address=ADDRESS, now=now)
    assert acting.scopes == frozenset({Scope.READ})
    AccessKey.objects.update(scopes=["everything"])
    acting = use_access_key.authenticate(bearer=key.secret, address=ADDRESS, now=now)
    assert acting.scopes == frozenset()


# --- What does not work ----------------------------------------------------------------------------------


def refused(key_id: str, secret: Secret, now: datetime, address: str = ADDRESS) -> AccessKeyNotValid:
    with pytest.raises(AccessKeyNotValid) as refusal:
        use_access_key.exchange(key_id=key_id, secret=secret, address=address, now=now)
    return refusal.value


@pytest.mark.parametrize("why", ["unknown", "no key ID", "NUL", "wrong", *[end.__name__ for end in ENDS]])
def test_whatever_does_not_work_is_one_answer_after_the_same_work(
    cast: Cast, key: NewAccessKey, now: datetime, why: str
) -> None:
    """Law 7: who asks learns neither whether a key exists nor why it does not work."""

    def queries(key_id: str, secret: Secret) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            refusal = refused(key_id, secret, now)
        assert refusal.values == {}
        return [query["sql"].split()[0] for query in captured.captured_queries]

    usual = queries(key.key_id, WRONG)
    ids = {"unknown": UNKNOWN, "no key ID": "x" * 10_000, "NUL": "LKAK\0"}
    for end in ENDS:
        if end.__name__ == why:
            end(cast, key, now)
    secret = WRONG if why == "wrong" else key.secret
    assert queries(ids.get(why, key.key_id), secret) == usual


def test_wrong_secrets_add_up_with_wrong_passwords_and_the_owner_is_told_once(
    cast: Cast, key: NewAccessKey, now: datetime, hands: Hands
) -> None:
    """TEAM-4: one count per person, whichever door."""
    OutboxEffect.objects.all().delete()
    for number in range(PERSON.most + 2):
        refused(key.key_id, WRONG, now, address=f"192.0.2.{number}")
    work(hands)
    (mail,) = hands.mail.mails
    assert mail.address == cast.ada.email and "192.0.2.9" in mail.written.text
    assert AuditEntry.objects.filter(action="person.locked", person=cast.ada).count() == 1
    refusals = AuditEntry.objects.filter(action="access_key.refused", person=cast.ada)
    assert refusals.count() == PERSON.most + 2
    assert refusals.first().facts == {"key": key.key_id, "address": "192.0.2.0"}  # type: ignore[union-attr]
    assert tallies.until(f"person:{cast.ada.pk}", now=now) == now + PERSON.shut


def test_a_lock_does_not_stop_the_programs_of_its_person(
    cast: Cast, key: NewAccessKey, now: datetime
) -> None:
    """Law 10: no stranger cuts a customer's programs."""
    tokens = exchange(key, now)
    for _ in range(PERSON.most):
        refused(key.key_id, WRONG, now)
    assert works(key.secret, now) and works(exchange(key, now).access, now)
    assert works(refresh(tokens.refresh, now).access, now)
    # And a program that goes on with its work opens the lock to nobody.
    assert tallies.full(f"person:{cast.ada.pk}", now=now)


def test_a_program_at_work_forgives_no_guess_at_its_owners_password(
    cast: Cast, key: NewAccessKey, now: datetime
) -> None:
    for _ in range(PERSON.most - 1):
        refused(key.key_id, WRONG, now)
        exchange(key, now)
    assert not tallies.full(f"person:{cast.ada.pk}", now=now)
    refused(key.key_id, WRONG, now)
    assert tallies.full(f"person:{cast.ada.pk}", now=now)


def test_a_forgotten_program_locks_out_neither_its_owner_nor_their_colleagues(
    cast: Cast, key: NewAccessKey, now: datetime
) -> None:
    revoke(cast, key, now)
    for _ in range(NETWORK.most + 1):
        refused(key.key_id, key.secret, now)
    entered = sign_in.enter(
        identifier="ab12345-lk", password=PORTAL_PASSWORD, visitor=visitor(address=ADDRESS), now=now
    )
    assert isinstance(entered, sign_in.SignedIn)
    assert not AuditEntry.objects.filter(action="person.locked").exists()


def test_a_network_that_tried_too_often_is_told_to_wait_whatever_it_presents(
    cast: Cast, key: NewAccessKey, now: datetime
) -> None:
    tokens = exchange(key, now)
    for number in range(NETWORK.most):
        refused(f"LKAK{'A' * 13}{'ABCDEFGHIJ'[number // 10]}{'ABCDEFGHIJ'[number % 10]}A", WRONG, now)
    neighbour, elsewhere = "203.0.113.250", "203.0.114.7"
    attempts: list[Callable[[], Tokens]] = [
        lambda: exchange(key, now, neighbour),
        lambda: refresh(tokens.refresh, now, neighbour),
        lambda: use_access_key.exchange(key_id=UNKNOWN, secret=WRONG, address=neighbour, now=now),
    ]
    for attempt in attempts:
        with pytest.raises(TooManyAttempts) as refusal:
            attempt()
        assert refusal.value.until == now + NETWORK.shut
    # Programs which already hold a token work on, and so does every other network.
    assert works(tokens.access, now) and works(exchange(key, now, elsewhere).access, now)
    assert works(exchange(key, now + NETWORK.shut).access, now)


def test_unknown_refresh_tokens_count_toward_their_network(now: datetime, cast: Cast) -> None:
    for _ in range(NETWORK.most):
        with pytest.raises(AccessKeyNotValid):
            refresh(WRONG, now)
    with pytest.raises(TooManyAttempts):
        refresh(WRONG, now)


def test_what_was_typed_in_the_wrong_box_is_kept_nowhere(key: NewAccessKey, now: datetime) -> None:
    refused(key.secret.reveal(), Secret(key.key_id), now)
    entry = AuditEntry.objects.get(action="access_key.refused")
    assert entry.facts == {"key": "", "address": ADDRESS} and entry.person_id is None
