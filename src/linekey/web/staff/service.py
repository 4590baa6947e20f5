"""`/revendeur/services/<ref>`: what is known of one service, where its change stands, what one may do.

An action the person may never do is not drawn; one that cannot be done now is drawn with the reason.
"""

from dataclasses import dataclass, replace

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linekey.domain.access import role_may
from linekey.domain.kinds import HOSTED_PBX, KINDS, SIP_LINE, Delivery, Verb
from linekey.records import pages
from linekey.records.pages import Offer, ServicePage, SettingsPage, WhyNot
from linekey.web.components import health, live, phone, progress
from linekey.web.components.reasons import why_not
from linekey.web.components.timeline import story
from linekey.web.session import SignedInRequest
from linekey.web.staff import words
from linekey.web.staff.doors import desk_only
from linekey.web.staff.licence_words import BLOCKS, Fact, Group, facts


@dataclass(frozen=True)
class Choice:
    """One action on the service: a link when it can be done now, else the reason why not."""

    id: str
    label: str
    text: str
    address: str
    reason: str = ""
    danger: bool = False


@dataclass(frozen=True)
class Block:
    """A group of settings as the page of a licence draws it."""

    code: str
    title: str
    facts: dict[str, Fact]
    edit: str
    """Where its form is; empty when there is nothing this actor may set."""


@require_safe
@desk_only
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    found = pages.service(request.actor, reference, now=now)
    settings = pages.settings(request.actor, reference)
    shown: dict[str, object] = {
        "page": found,
        "settings": settings,
        "kind": words.kind_of(found.row),
        "is_line": found.row.kind == SIP_LINE.code,
        "blocks": [block_of(settings, group) for group in BLOCKS],
        "crumbs": crumbs(found),
    }
    if found.row.kind == HOSTED_PBX.code:
        by_licence = pages.users_by_licence(request.actor, reference).items()
        counted = [(words.licence_name(code), count) for code, count in by_licence]
        return render(
            request,
            "linekey/staff/licences/pbx.html",
            {**shown, "tabs": tabs_of(reference, "staff-service"), "users": counted},
        )
    shown |= {
        "story": story(found, now),
        "story_address": reverse("staff-story", args=[reference]),
        "story_cut": reverse("staff-cut", args=[reference]),
        "live": live.at_rest(found, reverse("staff-state", args=[reference]), now),
        "choices": choices_of(request, found),
        **health.shown(request.actor, reference, now),
    }
    if found.row.kind == SIP_LINE.code:
        shown |= phone.card(found, request.actor, now)
    template = "linekey/staff/licences/licence.html" if found.row.licence else "linekey/staff/service.html"
    return render(request, template, shown)


@require_safe
@desk_only
def follow(request: SignedInRequest, reference: str) -> HttpResponseBase:
    own, cut = (reverse(name, args=[reference]) for name in ("staff-story", "staff-cut"))
    return progress.answer(request, reference, own, cut)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def state(request: SignedInRequest, reference: str) -> HttpResponseBase:
    """POST has the worker look, GET reads what it saw."""
    address = reverse("staff-state", args=[reference])
    return live.answer(request, reference, address, timezone.now(), "linekey/staff/licences/live.html")


def crumbs(service: ServicePage, here: str = "") -> list[tuple[str, str]]:
    """Where a page of the service stands; `here` names the page itself when it is not the service's own."""
    return trail(service.row.reference, service.pbx, here)


def trail(reference: str, pbx: str = "", here: str = "") -> list[tuple[str, str]]:
    """A user licence stands among the users of its hosted PBX."""
    above = [(_("My services"), reverse("staff-services"))]
    if pbx:
        above.append((pbx, reverse("staff-users", args=[pbx])))
    own = reverse("staff-service", args=[reference])
    return [*above, (reference, own), (here, "")] if here else [*above, (reference, "")]


def tabs_of(reference: str, current: str) -> list[tuple[str, str, bool]]:
    """Of a hosted PBX."""
    named = (("staff-service", _("Service")), ("staff-users", _("Users")))
    return [(label, reverse(name, args=[reference]), name == current) for name, label in named]


def block_of(settings: SettingsPage, group: Group) -> Block:
    row = settings.row
    may = row.may_edit and group.editable(row)
    return Block(
        group.code,
        _(group.title),
        {fact.code: fact for fact in facts(row, group)},
        reverse("staff-settings", args=[row.reference, group.code]) if may else "",
    )


def choices_of(request: SignedInRequest, service: ServicePage) -> list[Choice]:
    offered = KINDS[service.row.kind].verbs
    drawn = {
        Verb.RESET: (_reset(service), service.can_reset),
        Verb.SEND: (_send(service), service.can_send),
        Verb.RETIRE: (_retire(service), service.can_retire),
    }
    return [
        choice if able else replace(choice, reason=why_not(service, request.actor, verb))
        for verb, (choice, able) in drawn.items()
        if verb in offered and role_may(request.actor, verb)
    ]


def _reset(service: ServicePage) -> Choice:
    line = service.row.kind == SIP_LINE.code
    return Choice(
        "reset",
        _("Reset the SIP password") if line else _("Reset the PPPoE password"),
        _drawn(service.rotation),
        reverse("staff-reset", args=[service.row.reference]),
    )


def _send(service: ServicePage) -> Choice:
    by_mail = service.delivery is Delivery.MAIL
    text = (
        _("A new password is drawn and mailed to %(contact)s. You do not see it.")
        if by_mail
        else _("%(contact)s receives a link; the password is drawn and shown when it is opened.")
    )
    return Choice(
        "send",
        _("Send PPPoE credentials again") if by_mail else _("Send a one-time link"),
        text % {"contact": service.contact or _("The contact")},
        reverse("staff-send", args=[service.row.reference]),
    )


def _retire(service: ServicePage) -> Choice:
    return Choice(
        "retire",
        _("Retire the credentials"),
        _("The network accepts no password for this service, until a new one is made."),
        reverse("staff-retire", args=[service.row.reference]),
        danger=True,
    )


def _drawn(rotation: Offer) -> str:
    if rotation.why_not is None:
        return _("A new password is drawn and shown to you once. You choose what becomes of the old one.")
    if rotation.why_not is WhyNot.NOTHING_OLD:
        return _("A new password is drawn and shown to you once.")
    return _("A new password is drawn and shown to you once. The service is cut until it is typed in.")
