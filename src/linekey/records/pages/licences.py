"""The users of a hosted PBX, and what is set on one service."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from linekey.domain.access import MAY, Action, Actor
from linekey.domain.errors import NotFound
from linekey.domain.licences import SETTINGS
from linekey.records import find
from linekey.records.licences import licence_of, value_of
from linekey.records.models import Service
from linekey.records.pages.services import PAGE_ROWS, Observed, observed_of, pbx_of

LONGEST_TEXT = 60


@dataclass(frozen=True)
class LicenceRow:
    """One user: a row of the PBX's page."""

    reference: str
    licence: str
    number: str
    state: str
    values: Mapping[str, str]
    """What is set, by code, as `domain.licences` writes it; only what this kind of licence has."""
    observed: Observed | None
    may_edit: bool
    guarded: bool
    """It is another person's own line: a change wants a recent proof."""


@dataclass(frozen=True)
class SettingsPage:
    """What is set on a service; its accountcode and the hosted PBX it is a licence of, if any."""

    row: LicenceRow
    accountcode: str
    pbx: str
    pbx_name: str


def users(
    actor: Actor, reference: str, *, text: str = "", after: str = "", limit: int = PAGE_ROWS
) -> list[LicenceRow]:
    """Users of one hosted PBX, by reference, `limit` at most after reference `after`. Raises NotFound.

    `text` narrows to references, names and numbers that contain it, a number in any spelling.
    """
    rows = _of(actor, reference).select_related("user_licence").order_by("reference")
    if after:
        rows = rows.filter(reference__gt=_harmless(after))
    if wanted := _harmless(text).strip():
        found = Q(reference__icontains=wanted) | Q(name__icontains=wanted)
        if digits := _digits(wanted):
            found |= Q(sip__number__contains=digits)
        rows = rows.filter(found)
    return [_row(actor, service) for service in rows[:limit]]


def users_by_licence(actor: Actor, reference: str) -> dict[str, int]:
    """How many users of each kind one hosted PBX has. Raises NotFound."""
    counted = _of(actor, reference).order_by("sip__licence").values_list("sip__licence")
    return dict(counted.annotate(Count("pk")))


def settings(actor: Actor, reference: str) -> SettingsPage:
    """Raises NotFound."""
    service = find.service(actor, reference)
    pbx = pbx_of(actor, service)
    return SettingsPage(
        row=_row(actor, service),
        accountcode=service.accountcode,
        pbx=pbx.reference if pbx else "",
        pbx_name=pbx.name if pbx else "",
    )


def _of(actor: Actor, reference: str) -> QuerySet[Service]:
    pbx = find.service(actor, reference)
    if pbx.kind != Service.Kind.HOSTED_PBX:
        raise NotFound()
    return find.visible_services(actor).filter(parent=pbx)


def _row(actor: Actor, service: Service) -> LicenceRow:
    licence = licence_of(service)
    had = [setting for setting in SETTINGS.values() if licence in setting.had_by]
    return LicenceRow(
        reference=service.reference,
        licence=licence,
        number=service.sip.number if service.kind == Service.Kind.SIP_LINE else "",
        state=service.state,
        values={setting.code: value_of(service, setting) for setting in had},
        observed=observed_of(service),
        may_edit=actor.role in MAY[Action.EDIT],
        guarded=service.owner_id not in (None, actor.person_id),
    )


def _digits(text: str) -> str:
    """What any spelling of a part of a number has of E.164: `01 84` and `+33 1 84` alike."""
    digits = re.sub(r"[\s.+()\-]", "", text)
    return re.sub(r"^(33|0033|0)", "", digits) if digits.isascii() and digits.isdigit() else ""


def _harmless(text: str) -> str:
    """NUL cannot be sent to PostgreSQL at all, and half a character cannot be sent anywhere."""
    return re.sub("[\0\ud800-\udfff]", "", text)[:LONGEST_TEXT]
