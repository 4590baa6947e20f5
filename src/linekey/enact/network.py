"""Effects on network elements: push, retire, cut. One batch per element where the element takes batches."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex
from typing import Any, TypeVar

from linekey.domain.effects import REPAIR
from linekey.domain.secret import Secret
from linekey.domain.trouble import Rejected, Unreachable
from linekey.enact.outside import Again, Dead, Done, Outcome, Outside, Skipped, backoff
from linekey.enact.versions import Standing, alone_since, befores, current, currents
from linekey.network.ports import (
    AccessEntry,
    AccessGrace,
    Disconnected,
    Disconnection,
    Session,
    SipAddress,
    SipEntry,
    SipGrace,
)
from linekey.records.claimed import Claimed
from linekey.records.models import Service
from linekey.vault import keyring
from linekey.vault.unseal import unseal_digests, unseal_secret

DISCONNECT_TRIES = 3
"""An access server which stays silent that often is recorded as silent: the new secret must not wait
for it."""
NOT_LIVE_YET = timedelta(minutes=1)
"""How long to leave a rotation alone which the element has not taken."""
LONGEST_LOOK = timedelta(minutes=15)
"""The element's word wakes us; this is for one which came while the last look was being written down."""
ONLY_THERE = "only the element knows this password: it cannot be written again"
Entry = TypeVar("Entry", SipEntry, AccessEntry)
Kept = tuple[bytes, str]
"""A sealed secret and its place."""


def push(batch: Sequence[Claimed], outside: Outside, now: datetime) -> dict[int, Outcome]:
    """The element accepts exactly this version, and in grace the one before it.

    Safe to repeat; each element answers for its own part.
    """
    outcomes: dict[int, Outcome] = {}
    lines: dict[str, list[tuple[Claimed, SipEntry]]] = defaultdict(list)
    accesses: dict[str, list[tuple[Claimed, AccessEntry]]] = defaultdict(list)
    versions = currents([claimed.version_id for claimed in batch if claimed.version_id is not None])
    old = befores([version.id for version in versions.values() if version.grace])
    with keyring.held():
        for claimed in batch:
            version = versions.get(claimed.version_id or 0)
            if version is None or (REPAIR in claimed.facts and version.live_at is None):
                outcomes[claimed.id] = Skipped()
                continue
            if not bytes(version.sealed):
                outcomes[claimed.id] = Dead(ONLY_THERE)
                continue
            outcomes[claimed.id] = Done({"version": version.number})
            if version.kind == Service.Kind.SIP_LINE:
                entry = _sip_entry(version, old.get(version.id), now)
                lines[version.registrar].append((claimed, entry))
            else:
                access = _access_entry(version, old.get(version.id), now)
                accesses[version.access_server].append((claimed, access))
    for element, entries in lines.items():
        outcomes |= _troubles(entries, partial(_push_lines, outside, element), now)
    for element, access_entries in accesses.items():
        outcomes |= _troubles(access_entries, partial(_push_accesses, outside, element), now)
    return outcomes


def _push_lines(outside: Outside, element: str, entries: Sequence[SipEntry]) -> None:
    outside.registrar(element).push(entries)


def _push_accesses(outside: Outside, element: str, entries: Sequence[AccessEntry]) -> None:
    outside.access_server(element).push(entries)


def _troubles(
    part: list[tuple[Claimed, Entry]], send: Callable[[Sequence[Entry]], None], now: datetime
) -> dict[int, Outcome]:
    """Push one element's part of a batch; what did not go through.

    An element which is down delays no other.
    """
    try:
        send([entry for _, entry in part])
    except Unreachable as trouble:
        return {claimed.id: Again(now + backoff(claimed.attempts), str(trouble)) for claimed, _ in part}
    except Rejected as trouble:
        if len(part) == 1:
            return {part[0][0].id: Dead(str(trouble))}
        # One bad value must not stop the others: each alone tells which it is.
        return {id: outcome for one in part for id, outcome in _troubles([one], send, now).items()}
    return {}


def retire(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The element accepts no secret for the service. Raises Unreachable, Rejected."""
    version = current(claimed.version_id)
    if version is None:
        return Skipped()
    service = version.service
    if service.kind == Service.Kind.SIP_LINE:
        outside.registrar(service.sip.element).retire([sip_address(service)])
    else:
        outside.access_server(service.ppp.element).retire([service.ppp.login])
    return Done({"version": version.number})


def drop(batch: Sequence[Claimed], outside: Outside, now: datetime) -> dict[int, Outcome]:
    """The registrations made with the old password are gone. An element which is down is asked once."""
    versions = currents([claimed.version_id for claimed in batch if claimed.version_id is not None])
    outcomes: dict[int, Outcome] = {}
    down: dict[str, str] = {}
    for claimed in batch:
        version = versions.get(claimed.version_id or 0)
        if version is None:
            outcomes[claimed.id] = Skipped()
            continue
        element = version.registrar
        try:
            if element not in down:
                dropped = outside.registrar(element).drop(_address(version))
                outcomes[claimed.id] = Done({"dropped": dropped})
                continue
        except Unreachable as trouble:
            down[element] = str(trouble)
        except Rejected as trouble:
            outcomes[claimed.id] = Dead(str(trouble))
            continue
        outcomes[claimed.id] = Again(now + backoff(claimed.attempts), down[element])
    return outcomes


def disconnect(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The sessions opened with the old password were asked to end; every answer is kept.

    One opened since only the new password is accepted was opened with it, and is left alone.
    Raises Unreachable.
    """
    version = current(claimed.version_id)
    if version is None:
        return Skipped()
    access = version.service.ppp
    server = outside.access_server(access.element)
    old = [session for session in server.sessions(access.login) if _older(session, alone_since(version))]
    answers = [server.disconnect(session) for session in old]
    silent = [told for told in answers if told.answer is Disconnection.TIMEOUT]
    if silent and claimed.attempts < DISCONNECT_TRIES:
        return Again(now + backoff(claimed.attempts), f"no answer from {silent[0].session.nas_address}")
    return Done({"answers": [_answer(told) for told in answers]})


def _older(session: Session, since: datetime | None) -> bool:
    return session.started_at is None or since is None or session.started_at <= since


def _answer(told: Disconnected) -> dict[str, Any]:
    facts = asdict(told.session)
    return {
        "nas": facts["nas_address"],
        "session": facts["session_id"],
        "answer": told.answer.value,
        "error_cause": told.error_cause,
    }


def sip_address(service: Service) -> SipAddress:
    return SipAddress(service.sip.username, service.sip.realm)


def release(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The secret before this one is accepted no more.

    The element refuses it by itself, at the first use of the new one or at the deadline; here it is
    forgotten, and that it is over is written down. Raises Unreachable, Rejected.
    """
    version = current(claimed.version_id)
    if version is None:
        return Skipped()
    if version.live_at is None:
        return Again(now + NOT_LIVE_YET, "")
    if version.retire_at is not None and version.used_at is None and version.retire_at > now:
        return Again(min(version.retire_at, now + LONGEST_LOOK), "")
    service = version.service
    if service.kind == Service.Kind.SIP_LINE:
        outside.registrar(service.sip.element).release([version.plan])
    else:
        outside.access_server(service.ppp.element).release([version.plan])
    return Done({"used": version.used_at is not None})


def _address(version: Standing) -> SipAddress:
    return SipAddress(version.username, version.realm)


def _sip_entry(version: Standing, old: Kept | None, now: datetime) -> SipEntry:
    digests, grace = unseal_digests(version.sealed, version.seal_place), None
    if old is not None and (until := _until(version, now)) is not None:
        kept = unseal_digests(*old)
        grace = SipGrace(version.plan, ha1=kept["md5"], ha1b=_digest(kept["md5_domain"]), until=until)
    return SipEntry(_address(version), digests["md5"], _digest(digests["md5_domain"]), grace)


def _digest(known: Secret) -> Secret:
    """One that no password has, where an imported line has none: its column takes nothing else."""
    return known if len(known) else Secret(token_hex(16))


def _access_entry(version: Standing, old: Kept | None, now: datetime) -> AccessEntry:
    grace = None
    if old is not None and (until := _until(version, now)) is not None:
        grace = AccessGrace(version.plan, unseal_secret(*old), until)
    secret = unseal_secret(version.sealed, version.seal_place)
    return AccessEntry(version.login, secret, grace)


def _until(version: Standing, now: datetime) -> datetime | None:
    """Until when the secret before it is accepted; None when it is not, or not any more."""
    if not version.grace or version.used_at is not None:
        return None
    until = version.retire_at or now + timedelta(seconds=version.grace)
    return until if until > now else None
