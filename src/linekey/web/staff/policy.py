"""`/revendeur/organisations/<id>/politique`: each value in force, whose it is, and what standards say of it.

A change and a preset alike are shown before they are made: what holds, what would hold, what speaks against.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from linekey.domain.errors import NotAllowed
from linekey.domain.policy_table import TABLE, Choice, Whole, text_of
from linekey.records import pages
from linekey.records.pages import PolicyPage, PolicyValue
from linekey.usecases import set_policy
from linekey.usecases.set_policy import Change
from linekey.web import notices
from linekey.web.session import SignedInRequest, require_recent, to
from linekey.web.staff import policy_words
from linekey.web.staff.doors import desk_only
from linekey.web.staff.organisations import crumbs


@dataclass(frozen=True)
class Line:
    """One value, in words."""

    name: str
    title: str
    meaning: str
    value: str
    caution: str
    source: str
    here: bool
    typed: str
    """What the field holds: empty while the value is inherited."""
    inherited: str
    against: tuple[tuple[str, str], ...]
    """Title and caution of what is not in force and advised against."""
    options: tuple[tuple[str, str], ...]
    """Code and title of each; none for a whole number."""
    least: int
    most: int


@dataclass(frozen=True)
class Turn:
    """One value that would change."""

    title: str
    before: str
    after: str
    left: bool
    """It would no longer be decided here."""
    caution: str


@require_safe
@desk_only
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    found = pages.policy(request.actor, reference, now=timezone.now())
    shown = {
        "page": found,
        "lines": [_line(value) for value in found.values],
        "presets": policy_words.presets(),
        "crumbs": crumbs((*found.trail, (found.id, found.name)), _("Policy")),
    }
    return render(request, "linekey/staff/policy.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def preview(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    found = pages.policy(request.actor, reference, now=now)
    if not found.may_set:
        raise NotAllowed()
    require_recent(request, now)
    typed = request.POST if request.method == "POST" else request.GET
    sent = {name: typed.get(name, "") for name in ("modele", *TABLE) if name in typed}
    values = _values(sent)
    if request.method == "POST":
        set_policy.change(actor=request.actor, organisation=reference, values=values, now=now)
        notices.leave(
            request, "success", gettext_noop("The policy of %(name)s was changed."), name=found.name
        )
        return to("organisation-policy", reference)
    turns = set_policy.preview(actor=request.actor, organisation=reference, values=values, now=now)
    return render(request, "linekey/staff/policy_preview.html", _previewed(found, turns, sent))


def _values(sent: Mapping[str, str]) -> Mapping[str, str | None]:
    """Those of a preset, else of the form; an empty one inherits. Raises Malformed."""
    if "modele" in sent:
        return set_policy.of_preset(sent["modele"])
    return {name: text or None for name, text in sent.items()}


def _previewed(found: PolicyPage, made: tuple[Change, ...], sent: Mapping[str, str]) -> dict[str, object]:
    preset = policy_words.preset_title(sent["modele"]) if "modele" in sent else ""
    return {
        "page": found,
        "preset": preset,
        "turns": [_turn(change) for change in made],
        "sent": sent.items(),
        "back": reverse("organisation-policy", args=[found.id]),
        "crumbs": crumbs((*found.trail, (found.id, found.name)), _("Change the policy")),
    }


def _line(held: PolicyValue) -> Line:
    entry = TABLE[held.name]
    here = held.source == "here"
    return Line(
        name=held.name,
        title=_(entry.title),
        meaning=_(entry.meaning),
        value=_titled(entry, held.value),
        caution=_told(entry.caution_of(held.value)),
        source=policy_words.source(held),
        here=here,
        typed=text_of(held.value) if here else "",
        inherited=_titled(entry, held.inherited),
        against=tuple(
            (_titled(entry, value), _(caution))
            for value, caution in entry.cautions.items()
            if value != held.value
        ),
        options=tuple(
            (option.code, _(option.title)) for option in (entry.options if isinstance(entry, Choice) else ())
        ),
        least=entry.least if isinstance(entry, Whole) else 0,
        most=entry.most if isinstance(entry, Whole) else 0,
    )


def _turn(change: Change) -> Turn:
    entry = TABLE[change.name]
    return Turn(
        title=_(entry.title),
        before=_titled(entry, change.held),
        after=_titled(entry, change.holds),
        left=change.after is None,
        caution=_told(entry.caution_of(change.holds)),
    )


def _titled(entry: Choice | Whole, value: str | bool | int) -> str:
    title = entry.titled(value)
    return _(title) if isinstance(entry, Choice) else title


def _told(sentence: str) -> str:
    return _(sentence) if sentence else ""
