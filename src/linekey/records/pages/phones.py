"""The handset of a line: what it is, what it fetched, and what about it is not as it was set up."""

from dataclasses import dataclass
from datetime import datetime

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.errors import NotFound
from linekey.domain.phones import VENDORS, Outcome, SipServer, TokenKind
from linekey.domain.phones_care import Drift, drifts
from linekey.records import find, phones
from linekey.records.models import Phone, PhoneFetch, PhoneToken, Service

LOG_ROWS = 20


@dataclass(frozen=True)
class FetchRow:
    """Somebody asked for its configuration."""

    at: datetime
    source: str
    agent: str
    token: str
    """A `TokenKind`; empty when none of ours was presented."""
    outcome: Outcome


@dataclass(frozen=True)
class PhonePage:
    name: str
    """`Yealink T46U`."""
    vendor: str
    model: str
    mac: str
    """`00:15:65:aa:bb:cc`; empty for a softphone."""
    given_at: datetime
    asked_at: datetime | None
    """Since when it is to fetch a new password."""
    fetched_at: datetime | None
    agent: str
    first_until: datetime | None
    """Until when its first-access address opens; None when none does."""
    drifts: tuple[Drift, ...]
    fetches: tuple[FetchRow, ...]
    """The newest first."""


@dataclass(frozen=True)
class LinePhone:
    """What the page of a line's handset is about."""

    managed: str
    """What the line says it has; empty when it has none."""
    phone: PhonePage | None
    """None too for a handset which is set up elsewhere."""
    can_reset: bool
    can_give: bool


def line_phone(actor: Actor, reference: str, *, server: SipServer, now: datetime) -> LinePhone:
    """Raises NotFound, for what is no line too."""
    service = find.service(actor, reference)
    if service.kind != Service.Kind.SIP_LINE:
        raise NotFound()
    phone, active = phones.of(service), service.state == Service.State.ACTIVE
    return LinePhone(
        managed=service.sip.managed_phone,
        phone=_page(phone, service, server, now) if phone else None,
        can_reset=active and phone is not None and actor.role in access.MAY[Action.RESET],
        can_give=active and actor.role in access.MAY[Action.GIVE_PHONE],
    )


def _page(phone: Phone, service: Service, server: SipServer, now: datetime) -> PhonePage:
    facts = phones.facts_of(phone, service, phones.settings_of(phone, service, server))
    return PhonePage(
        name=phones.name_of(phone.vendor, phone.model),
        vendor=VENDORS[phone.vendor].code,
        model=phone.model,
        mac=":".join(phone.mac[at : at + 2] for at in range(0, len(phone.mac), 2)),
        given_at=phone.given_at,
        asked_at=facts.asked_at,
        fetched_at=phone.fetched_at,
        agent=phone.agent,
        first_until=_first_until(phone, now),
        drifts=drifts(facts, now),
        fetches=tuple(map(_row, phone.fetches.order_by("-id")[:LOG_ROWS])),
    )


def _first_until(phone: Phone, now: datetime) -> datetime | None:
    live = PhoneToken.objects.filter(phone=phone, kind=TokenKind.FIRST, ended_at=None, expires_at__gt=now)
    return live.values_list("expires_at", flat=True).first()


def _row(fetch: PhoneFetch) -> FetchRow:
    return FetchRow(fetch.at, fetch.source, fetch.agent, fetch.token, Outcome(fetch.outcome))
