"""Effects that look: what the element sees of a service now, and whether the device is back."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from linekey.domain.networks import parsed
from linekey.enact.network import LONGEST_LOOK, sip_address
from linekey.enact.outside import Again, Done, Outcome, Outside, Skipped
from linekey.enact.versions import alone_since, current, cut_to_come, service_of
from linekey.network.ports import Registration, Session
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, Observation, Service

LOG_LINES = 50
WATCH_LASTS = timedelta(minutes=30)
SOONEST_LOOK, LATEST_LOOK = timedelta(seconds=1), timedelta(minutes=1)
"""Closely at first, when somebody is looking at the page; a twentieth of the time gone by after that."""
_GRAIN = timedelta(seconds=1)
"""Elements tell whole seconds, so an event in the second of the change counts as after it."""


def observe(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The page knows what the element sees. Raises Unreachable."""
    service = service_of(claimed)
    if service.kind == Service.Kind.SIP_LINE:
        registrations = _registrations(service, outside)
        facts: dict[str, Any] = {"registrations": [_plain(asdict(item)) for item in registrations]}
        online = bool(registrations)
        keep_address(service, registrations)
    else:
        server = outside.access_server(service.ppp.element)
        sessions = server.sessions(service.ppp.login)
        log = server.connection_log(service.ppp.login, LOG_LINES)
        facts = {
            "sessions": [_plain(asdict(item)) for item in sessions],
            "log": [_plain(asdict(item)) for item in log],
        }
        online = bool(sessions)
    Observation.objects.update_or_create(
        service=service, defaults={"seen_at": now, "online": online, "facts": facts}
    )
    return Done({"online": online})


def watch(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """Back with the new secret, or not within half an hour.

    The element's own word counts. Raises Unreachable.
    """
    version = current(claimed.version_id)
    if version is None:
        return Skipped()
    if version.grace:
        return _used(version, claimed, outside, now)
    since = alone_since(version)
    # What the old secret opened is not there any more only once it was cut.
    seen = _back(version.service, since, outside) if since and not cut_to_come(claimed) else None
    if seen is not None:
        observe(claimed, outside, now)
        return Done({"back": True, **seen})
    # From when the element took it and nothing else: before, the device could not be back.
    if since and now - since > WATCH_LASTS:
        return Done({"back": False})
    waited = now - (since or claimed.created_at)
    return Again(now + min(max(SOONEST_LOOK, waited / 20), LATEST_LOOK), "")


def _used(version: CredentialVersion, claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """In grace a device is there all the time, with the old secret: only a login with the new one counts.

    The element tells of it (`hear_element`), which wakes this look.
    """
    if version.used_at is not None:
        observe(claimed, outside, now)
        return Done({"back": True, "at": version.used_at.isoformat(), **version.used_by})
    if version.retire_at is None:
        return Again(now + LATEST_LOOK, "")
    if version.retire_at <= now:
        return Done({"back": False})
    return Again(min(version.retire_at, now + LONGEST_LOOK), "")


def _back(service: Service, since: datetime, outside: Outside) -> dict[str, Any] | None:
    if service.kind == Service.Kind.SIP_LINE:
        for item in _registrations(service, outside):
            if item.registered_at is not None and item.registered_at + _GRAIN > since:
                return _plain(
                    {"at": item.registered_at, "user_agent": item.user_agent, "contact": item.contact}
                )
        return None
    for session in outside.access_server(service.ppp.element).sessions(service.ppp.login):
        if session.started_at is not None and session.started_at + _GRAIN > since:
            return _plain(_session(session))
    return None


def keep_address(service: Service, registrations: list[Registration]) -> None:
    """A line is found by where it was last seen, so it keeps that when it is gone (CTX-1)."""
    newest = max(
        registrations, key=lambda each: each.registered_at or datetime.min.replace(tzinfo=UTC), default=None
    )
    seen = parsed(newest.received_from) if newest else None
    if seen is not None and str(seen) != service.address:
        service.address = str(seen)
        service.save(update_fields=["address"])


def _registrations(service: Service, outside: Outside) -> list[Registration]:
    return outside.registrar(service.sip.element).registrations(sip_address(service))


def _session(session: Session) -> dict[str, Any]:
    return {"at": session.started_at, "nas": session.nas_address, "address": session.framed_address}


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """As JSON wants it: moments in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()
    }
