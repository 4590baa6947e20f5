"""The handset of a line in words: what about it is not as it should be, what it was answered, what to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from linekey.domain.access import Actor
from linekey.domain.phones import Outcome, SipServer
from linekey.domain.phones_care import COMES_WITHIN, Drift
from linekey.records import pages
from linekey.records.pages import FetchRow, LinePhone, ServicePage

_RESET, _OPEN = "line-phone-reset", "line-phone-open"
_DRIFTS: dict[Drift, tuple[str, str, str]] = {
    Drift.STRANGER: (
        N_("Something else is registered on this line."),
        N_("Its name is not that of the handset’s make. If nobody knows it, reset the handset: once it has "
           "fetched a new password, whatever has the old one is refused."),
        _RESET,
    ),
    Drift.OTHER: (
        N_("The handset does not have the password in force."),
        N_("The line was given another one. The handset fetches a new one when it comes next, or now."),
        _RESET,
    ),
    Drift.UNUSED: (
        N_("The handset does not use the password it fetched."),
        N_("It may have lost it on the way. Restart it: it is given a new one when it asks again. If that "
           "does not help, reset it to factory settings and open its first access again."),
        _OPEN,
    ),
    Drift.LATE: (
        N_("The handset has not come for %(days)d days, though it was asked to."),
        N_("Nothing was cut. Check that it is plugged in and has internet access, then restart it."),
        _RESET,
    ),
    Drift.NEVER_CAME: (
        N_("The handset has never come."),
        N_("Check that it is plugged in and was given its address. An address which is over is replaced by "
           "opening its first access again."),
        _OPEN,
    ),
    Drift.SETTINGS: (
        N_("The handset holds older settings."),
        N_("The name of the line or its server has changed since. It takes them when it comes next; reset "
           "it to have it come now."),
        _RESET,
    ),
    Drift.AGENT: (
        N_("What fetched the configuration says it is of another make."),
        N_("That name proves nothing. If the handset was replaced, take this one away and give the line the "
           "new one."),
        "",
    ),
}  # fmt: skip
_ACTIONS = {_RESET: N_("Reset the handset"), _OPEN: N_("Open the first access again")}
_OUTCOMES = {
    Outcome.DRAWN: (N_("Configuration with a new password"), "success"),
    Outcome.SETTINGS: (N_("Configuration, the password stays"), "neutral"),
    Outcome.REFUSED: (N_("Refused"), "warning"),
}
_TOKENS = {"first": N_("first access"), "steady": N_("its own address")}


@dataclass(frozen=True)
class Trouble:
    title: str
    text: str
    label: str
    address: str
    """Where the action beside it is; empty when there is none for whoever reads."""


@dataclass(frozen=True)
class Fetch:
    row: FetchRow
    told: str
    tone: str
    by: str


def card(found: ServicePage, actor: Actor, now: datetime) -> dict[str, Any]:
    """`shown`, on a page about more: nothing is asked about a line which has no handset."""
    if found.managed_phone:
        return shown(actor, found.row.reference, now)
    return {"handset": LinePhone("", None, can_reset=False, can_give=False), "handset_troubles": []}


def shown(actor: Actor, reference: str, now: datetime) -> dict[str, Any]:
    """What `components/phone.html` draws. Raises NotFound for what is no line."""
    found = pages.line_phone(actor, reference, server=sip_server(), now=now)
    return {
        "handset": found,
        "handset_troubles": _troubles(found, reference),
        "handset_fetches": [_fetch(row) for row in found.phone.fetches] if found.phone else [],
    }


def sip_server() -> SipServer:
    return SipServer.of(settings.LINEKEY_SIP_SERVER, settings.LINEKEY_SIP_TRANSPORTS)


def _troubles(found: LinePhone, reference: str) -> list[Trouble]:
    return [_trouble(drift, found, reference) for drift in (found.phone.drifts if found.phone else ())]


def _trouble(drift: Drift, found: LinePhone, reference: str) -> Trouble:
    title, text, action = _DRIFTS[drift]
    offered = found.can_reset and action
    return Trouble(
        title=_(title) % {"days": COMES_WITHIN.days},
        text=_(text),
        label=_(_ACTIONS[action]) if offered else "",
        address=reverse(action, args=[reference]) if offered else "",
    )


def _fetch(row: FetchRow) -> Fetch:
    told, tone = _OUTCOMES[row.outcome]
    return Fetch(row, _(told), tone, _(_TOKENS[row.token]) if row.token in _TOKENS else "")
