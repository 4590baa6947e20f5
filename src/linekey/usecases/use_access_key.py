"""A program presents an access key or a token: exchange, refresh, and whom a call acts for (TEAM-5).

Whatever does not work gets one answer, after the same work (law 7). Wrong secrets count toward the lock of
their person like wrong passwords do, but a lock stops no key: nobody guesses 256 random bits, and no stranger
shall cut a customer's programs (law 10).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from linekey.domain import tally_keys
from linekey.domain.access import Actor, Door
from linekey.domain.access_keys import REFRESH_LASTS, TOKEN_LASTS, is_key_id
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import AccessKeyNotValid, TooManyAttempts
from linekey.domain.limits import NETWORK, Limit
from linekey.domain.networks import network_of
from linekey.domain.secret import Secret
from linekey.records import audit, find, keys, outbox, tallies
from linekey.records.models import AccessKey
from linekey.vault import access_keys as drawn
from linekey.vault import seal


@dataclass(frozen=True)
class Tokens:
    """Told this once: only their digests are kept."""

    access: Secret
    refresh: Secret
    lasts: timedelta
    """Of the access token."""


def exchange(*, key_id: str, secret: Secret, address: str, now: datetime) -> Tokens:
    """A key for a pair of tokens. Raises AccessKeyNotValid; TooManyAttempts, about the network alone."""
    _require_open_door(address, now)
    key = keys.named(key_id if is_key_id(key_id) else "")
    proven = drawn.matches(secret, key.digest if key else None)
    if key is None or not proven or not keys.works(key, address, now):
        _refuse(key, key_id, address, now, proven=proven)
        raise AccessKeyNotValid()
    with transaction.atomic(durable=True):
        audit.write(
            action="access_key.exchange",
            now=now,
            actor=None,
            person=key.person,
            key=key.key_id,
            address=address,
        )
        return _pair(key, address, now)


def refresh(*, token: Secret, address: str, now: datetime) -> Tokens:
    """A refresh token for a new pair, once; one that was used before ends every token of its key.

    Raises AccessKeyNotValid; TooManyAttempts, about the network alone.
    """
    _require_open_door(address, now)
    found = keys.refresh_token(seal.digest(token))
    if found is None:
        tallies.take({_door(address): NETWORK}, now=now)
        raise AccessKeyNotValid()
    with transaction.atomic(durable=True):
        key = keys.held(found.key_id)
        if keys.works(key, address, now) and keys.use_up(found, now=now):
            return _pair(key, address, now)
        if keys.end_if_reused(found, now=now):
            audit.write(
                action="access_key.reused",
                now=now,
                actor=None,
                person=key.person,
                key=key.key_id,
                address=address,
            )
    raise AccessKeyNotValid()


def authenticate(*, bearer: Secret, address: str, now: datetime) -> Actor:
    """Who a call acts for, by an access token or by the secret of a key itself. Raises AccessKeyNotValid.

    One query tells everything, so that what was revoked, disabled or limited a moment ago is dead now.
    """
    digest = seal.digest(bearer)
    key = keys.of_secret(digest) if drawn.is_secret(bearer) else keys.of_token(digest, now=now)
    if key is None or not keys.works(key, address, now):
        raise AccessKeyNotValid()
    _note_use(key, address, now)
    return find.actor_of(key.person, door=Door.API, scopes=keys.scopes_of(key))


def _pair(key: AccessKey, address: str, now: datetime) -> Tokens:
    access, refreshing = drawn.new_token(), drawn.new_refresh_token()
    row = keys.add_token(key, seal.digest(access), refreshes=False, lasts=TOKEN_LASTS, now=now)
    keys.add_token(key, seal.digest(refreshing), refreshes=True, lasts=REFRESH_LASTS, now=now)
    _note_use(key, address, now)
    return Tokens(access, refreshing, row.expires_at - now)


def _note_use(key: AccessKey, address: str, now: datetime) -> None:
    """In the trail stands each network a key was ever used from, once: not each use."""
    if not keys.note_use(key, address, now=now):
        return
    network = network_of(address)
    stays = key.last_used_from != "" and network == network_of(key.last_used_from)
    if stays or keys.used_from(key, network):
        return
    audit.write(
        action="access_key.new_network",
        now=now,
        actor=None,
        person=key.person,
        key=key.key_id,
        network=network,
        address=address,
    )


def _require_open_door(address: str, now: datetime) -> None:
    until = tallies.until(_door(address), now=now)
    if until is not None:
        raise TooManyAttempts(until)


def _door(address: str) -> str:
    """The tally of sign-in: a network is one, whichever door it tries."""
    return tally_keys.network(network_of(address))


def _refuse(key: AccessKey | None, key_id: str, address: str, now: datetime, *, proven: bool) -> None:
    """Count and write down; whoever it locks is told by mail, once."""
    person = key.person if key else None
    policy = find.policy_of(person.organisation) if person else find.operators_policy()
    # What is presented in vain is counted as if somebody were behind it.
    whose = tally_keys.person(person.pk) if person else tally_keys.nobody(seal.digest(Secret(key_id)))
    limits = {whose: Limit(policy.lock_after), _door(address): NETWORK}
    if key and proven:
        # Who holds the secret guesses nothing: a forgotten program whose key has ended must lock out neither
        # its owner nor the colleagues in its network.
        limits = {tally_keys.access_key(key.pk): Limit(policy.lock_after)}
    locks = tallies.attempt(limits, gates=(_door(address),), now=now).filled.get(whose)
    named = key.key_id if key else ""
    with transaction.atomic(durable=True):
        audit.write(
            action="access_key.refused", now=now, actor=None, person=person, key=named, address=address
        )
        if person and locks is not None:
            facts = {"until": locks.isoformat(), "address": address}
            notice = Effect(EffectKind.NOTIFY, message="account_locked", facts=facts)
            audit.write(action="person.locked", now=now, actor=None, person=person, address=address)
            outbox.put([notice], plan=uuid4().hex, now=now, person=person)
