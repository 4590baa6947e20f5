"""Effects on network elements: push, retire, cut. One batch per element where the element takes batches."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from linekey.domain.effects import REPAIR
from linekey.domain.trouble import Rejected, Unreachable
from linekey.enact.outside import Again, Dead, Done, Outcome, Outside, Skipped, backoff
from linekey.enact.versions import current
from linekey.network.ports import AccessEntry, Disconnected, Disconnection, Session, SipAddress, SipEntry
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, Service
from linekey.vault.unseal import unseal_digests, unseal_secret

DISCONNECT_TRIES = 3
"""An access server which stays silent that often is recorded as silent: the new secret must not wait
for it."""
Entry = TypeVar("Entry", SipEntry, AccessEntry)


def push(batch: Sequence[Claimed], outside: Outside, now: datetime) -> dict[int, Outcome]:
    """The element accepts exactly this version. Safe to repeat; each element answers for its own part."""
    outcomes: dict[int, Outcome] = {}
    lines: dict[str, list[tuple[Claimed, SipEntry]]] = defaultdict(list)
    accesses: dict[str, list[tuple[Claimed, AccessEntry]]] = defaultdict(list)
    for claimed in batch:
        version = current(claimed.version_id)
        if version is None or (REPAIR in claimed.facts and version.live_at is None):
            outcomes[claimed.id] = Skipped()
            continue
        outcomes[claimed.id] = Done({"version": version.number})
        if version.service.kind == Service.Kind.SIP_LINE:
            lines[version.service.sip.element].append((claimed, _sip_entry(version)))
        else:
            accesses[version.service.ppp.element].append((claimed, _access_entry(version)))
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


def drop(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The registrations made with the old password are gone. Raises Unreachable, Rejected."""
    version = current(claimed.version_id)
    if version is None:
        return Skipped()
    service = version.service
    return Done({"dropped": outside.registrar(service.sip.element).drop(sip_address(service))})


def disconnect(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The sessions opened with the old password were asked to end; every answer is kept.

    A session younger than the new password was opened with it and is left alone. Raises Unreachable.
    """
    version = current(claimed.version_id)
    if version is None:
        return Skipped()
    access = version.service.ppp
    server = outside.access_server(access.element)
    old = [session for session in server.sessions(access.login) if _older(session, version.live_at)]
    answers = [server.disconnect(session) for session in old]
    silent = [told for told in answers if told.answer is Disconnection.TIMEOUT]
    if silent and claimed.attempts < DISCONNECT_TRIES:
        return Again(now + backoff(claimed.attempts), f"no answer from {silent[0].session.nas_address}")
    return Done({"answers": [_answer(told) for told in answers]})


def _older(session: Session, live_at: datetime | None) -> bool:
    return session.started_at is None or live_at is None or session.started_at <= live_at


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


def _sip_entry(version: CredentialVersion) -> SipEntry:
    digests = unseal_digests(version.sealed, version.seal_place)
    return SipEntry(sip_address(version.service), ha1=digests["md5"], ha1b=digests["md5_domain"])


def _access_entry(version: CredentialVersion) -> AccessEntry:
    return AccessEntry(version.service.ppp.login, unseal_secret(version.sealed, version.seal_place))
