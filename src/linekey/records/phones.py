"""Handsets, their tokens and what they fetched. Tokens come as digests: this room hashes nothing secret."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Q

from linekey.domain.inert import inert
from linekey.domain.phones import (
    FIRST_LASTS,
    LOG_KEPT,
    MOST_LOGGED,
    VENDORS,
    Outcome,
    Settings,
    SipServer,
    TokenKind,
)
from linekey.domain.phones_care import Facts
from linekey.records import find
from linekey.records.models import CredentialVersion, OutboxEffect, Phone, PhoneFetch, PhoneToken, Service

AGENT, SOURCE = 120, 45
"""Longest agent and source kept, in characters."""
HOUR = timedelta(hours=1)


def of(service: Service) -> Phone | None:
    return Phone.objects.filter(service=service).first()


def name_of(vendor: str, model: str) -> str:
    """As `SipLine.managed_phone` has it: `Yealink T46U`."""
    return f"{VENDORS[vendor].label} {model}"


def token(digest: str) -> PhoneToken | None:
    """Live or not, with its handset: one query, whatever was presented."""
    return PhoneToken.objects.select_related("phone__service__sip").filter(digest=digest).first()


def issued(operation: str) -> bool:
    """Did this very request show a token already?"""
    return PhoneToken.objects.filter(operation=operation).exists()


def issue(phone: Phone, kind: TokenKind, digest: str, *, now: datetime, operation: str = "") -> PhoneToken:
    """A new first-access token replaces those before it."""
    first = kind is TokenKind.FIRST
    if first:
        phone.tokens.filter(kind=kind, ended_at=None).update(ended_at=now)
    return PhoneToken.objects.create(
        phone=phone,
        kind=kind,
        digest=digest,
        operation=operation,
        issued_at=now,
        expires_at=now + FIRST_LASTS if first else None,
    )


def is_live(token: PhoneToken, now: datetime) -> bool:
    return token.ended_at is None and (token.expires_at is None or now < token.expires_at)


def use(token: PhoneToken, *, now: datetime) -> None:
    """The handset has come with this one: those issued before it are dead."""
    PhoneToken.objects.filter(phone=token.phone, id__lt=token.pk, ended_at=None).update(ended_at=now)


def agent_of(told: str) -> str:
    """What somebody calls themselves, as it can be kept and shown."""
    return inert(told)[:AGENT]


def source_of(address: str) -> str:
    return inert(address)[:SOURCE]


def log(
    phone: Phone | None,
    token: PhoneToken | None,
    outcome: Outcome,
    *,
    source: str,
    agent: str,
    now: datetime,
    version: int | None = None,
) -> None:
    PhoneFetch.objects.create(
        phone=phone,
        at=now,
        source=source_of(source),
        agent=agent_of(agent),
        token=token.kind if token else "",
        outcome=outcome,
        version=version,
    )


def counted(phone: Phone, *outcomes: Outcome, now: datetime) -> int:
    """Fetches of the last hour."""
    return phone.fetches.filter(at__gt=now - HOUR, outcome__in=outcomes).count()


def trim(phone: Phone) -> None:
    """The newest fetches are kept."""
    beyond = phone.fetches.order_by("-id").values_list("id", flat=True)[MOST_LOGGED : MOST_LOGGED + 1]
    for last in beyond:
        phone.fetches.filter(id__lte=last).delete()


def sweep(now: datetime) -> None:
    PhoneFetch.objects.filter(at__lt=now - LOG_KEPT).delete()
    PhoneToken.objects.filter(Q(ended_at__lt=now - LOG_KEPT) | Q(expires_at__lt=now - LOG_KEPT)).delete()


def settings_of(phone: Phone, service: Service, server: SipServer) -> Settings:
    return Settings(
        vendor=phone.vendor,
        mac=phone.mac,
        display_name=service.name or service.sip.number or service.reference,
        number=service.sip.number,
        username=service.sip.username,
        realm=service.sip.realm,
        server=server,
    )


def digest_of(settings: Settings) -> str:
    return sha256(repr(settings).encode()).hexdigest()


def facts_of(phone: Phone, service: Service, settings: Settings) -> Facts:
    newest = find.newest_version(service)
    retired_at = newest.created_at if newest is not None and newest.verb == "retire" else None
    # Whoever retires a line after the handset was asked has decided otherwise.
    asked_at = phone.asked_at if retired_at is None or _is_later(phone.asked_at, retired_at) else None
    seen = getattr(service, "observation", None)
    registrations = seen.facts.get("registrations", []) if seen else []
    return Facts(
        vendor=phone.vendor,
        given_at=phone.given_at,
        asked_at=asked_at,
        fetched_at=phone.fetched_at,
        drawn_version=phone.drawn_version,
        drawn_at=phone.drawn_at,
        newest_version=newest.number if newest else None,
        retired=retired_at is not None and asked_at is None,
        used=newest is not None and _used(newest),
        settings=phone.settings,
        settings_now=digest_of(settings),
        agent=phone.agent,
        registered=tuple(str(each.get("user_agent", "")) for each in registrations),
    )


def _is_later(moment: datetime | None, than: datetime) -> bool:
    return moment is not None and moment > than


def _used(version: CredentialVersion) -> bool:
    """By the element's own word; without a grace it only tells of a device that is back."""
    if version.used_at is not None:
        return True
    watched = OutboxEffect.objects.filter(version=version, kind="watch")
    return any(result.get("back") is True for result in watched.values_list("result", flat=True))
