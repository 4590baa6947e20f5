"""`/revendeur/campagnes` and one campaign: how far it is, service by service; pause, resume, cancel, file.

The page of a campaign asks for itself again every two seconds while something moves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linekey.domain.access import MAY, Action, Actor
from linekey.domain.campaigns import AT_WORK, OVER, CampaignState, HandOver, LineState, Why
from linekey.domain.errors import CampaignOver, Malformed, NothingToTake, WeakPassphrase
from linekey.records import pages
from linekey.records.pages import CampaignLineRow, CampaignPage, CampaignRow
from linekey.usecases import steer_campaign, take_campaign_file
from linekey.web import asked, notices
from linekey.web.components import operation
from linekey.web.forms import blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, to
from linekey.web.staff.campaigns import words
from linekey.web.staff.campaigns.forms import TakeForm
from linekey.web.staff.doors import desk_only
from linekey.web.staff.finder import LABELS, told
from linekey.web.wording import N_

ROWS = 50
FILE_NAME = "linekey-%s.csv.age"


@dataclass(frozen=True)
class Line:
    row: CampaignLineRow
    tone: str
    label: str
    reason: str


@require_safe
@desk_only
def page(request: SignedInRequest) -> HttpResponseBase:
    found = pages.campaigns(
        request.actor, after=asked.text(request, "apres"), limit=ROWS + 1, now=timezone.now()
    )
    rows = found[:ROWS]
    shown = {
        "rows": [(row, *_state(row)) for row in rows],
        "next": rows[-1].reference if len(found) > ROWS else "",
        "after": asked.text(request, "apres"),
        "may_run": _may_run(request.actor),
    }
    return render(request, "linekey/staff/campaigns/list.html", shown)


@require_safe
@desk_only
def campaign(request: SignedInRequest, campaign: str) -> HttpResponseBase:
    now = timezone.now()
    found = pages.campaign(request.actor, campaign, now=now)
    shown = {**_standing(request.actor, found, now), **_lines(request, found, now)}
    template = "_progress.html" if request.htmx else "campaign.html"
    return render(request, f"linekey/staff/campaigns/{template}", shown)


@require_POST
@desk_only
def pause(request: SignedInRequest, campaign: str) -> HttpResponseBase:
    return _steered(request, campaign, steer_campaign.pause, gettext_noop("The campaign is paused."))


@require_POST
@desk_only
def resume(request: SignedInRequest, campaign: str) -> HttpResponseBase:
    return _steered(request, campaign, steer_campaign.resume, gettext_noop("The campaign goes on."))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def cancel(request: SignedInRequest, campaign: str) -> HttpResponseBase:
    if request.method == "POST":
        return _steered(request, campaign, steer_campaign.cancel, gettext_noop("The campaign is cancelled."))
    now = timezone.now()
    found = pages.campaign(request.actor, campaign, now=now)
    require_recent(request, now)
    title = _("Cancel this campaign?")
    shown = {
        "crumbs": _crumbs(found, title),
        "title": title,
        "object": f"{found.row.name} – {found.row.reference}",
        "consequences": [
            _("Have a new password already, and keep it: %(count)d.")
            % {"count": found.row.done + found.row.recorded},
            _("Keep the password they have: %(count)d.") % {"count": found.row.waiting},
            _("It cannot be resumed afterwards: begin another for the rest."),
        ],
        "button": _("Cancel the campaign"),
        "cancel": reverse("campaign", args=[found.row.reference]),
        "operation": operation.fresh(),
    }
    return render(request, "linekey/staff/ask.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def take(request: SignedInRequest, campaign: str) -> HttpResponseBase:
    """Make the file. Who sends the form twice finds the one file on the page of the campaign."""
    now = timezone.now()
    found = pages.campaign(request.actor, campaign, now=now)
    require_recent(request, now)
    form = TakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_campaign_file.take(
                actor=request.actor,
                reference=campaign,
                passphrase=form.cleaned_data["passphrase"],
                now=now,
            )
        except WeakPassphrase as refusal:
            blame(form, "passphrase", refusal)
        except NothingToTake as refusal:
            notices.leave(request, "warning", refusal.sentence, refusal.next_step)
            return to("campaign", found.row.reference)
        else:
            text = gettext_noop("Download it below, and open it with your passphrase.")
            notices.leave(request, "success", gettext_noop("The file is ready."), text)
            return to("campaign", found.row.reference)
    shown = {"crumbs": _crumbs(found, _("The new passwords")), "page": found, "form": form}
    return form_page(request, "linekey/staff/campaigns/take.html", shown)


@require_safe
@desk_only
def file(request: SignedInRequest, campaign: str, file: str) -> HttpResponseBase:
    """Encrypted to what its maker has; it may be fetched again while it is kept."""
    now = timezone.now()
    content = take_campaign_file.fetch(actor=request.actor, reference=campaign, file=file, now=now)
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME % campaign.upper()}"'
    return answer


def _steered(
    request: SignedInRequest, campaign: str, act: Callable[..., None], said: str
) -> HttpResponseBase:
    try:
        act(actor=request.actor, reference=campaign, now=timezone.now())
    except CampaignOver as late:
        notices.leave(request, "warning", late.sentence, late.next_step)
    else:
        notices.leave(request, "success", said)
    return to("campaign", campaign.upper())


def _may_run(actor: Actor) -> bool:
    return actor.role in MAY[Action.RUN_CAMPAIGN]


def _state(row: CampaignRow) -> tuple[str, str]:
    tone, label = words.STATES[row.state]
    return tone, _(label)


def _crumbs(found: CampaignPage, leaf: str = "") -> list[tuple[str, str]]:
    here = reverse("campaign", args=[found.row.reference]) if leaf else ""
    crumbs = [(_("Campaigns"), reverse("campaigns")), (found.row.name, here)]
    return [*crumbs, (leaf, "")] if leaf else crumbs


def _standing(actor: Actor, found: CampaignPage, now: datetime) -> dict[str, object]:
    row = found.row
    tone, label = _state(row)
    may, moves = _may_run(actor), row.state in AT_WORK
    return {
        "page": found,
        "crumbs": _crumbs(found),
        "tone": tone,
        "label": label,
        "moves": moves or row.recorded > 0,
        "through": row.done + row.failed + row.skipped,
        "left": words.lasting(found.left) if found.left is not None else "",
        "speed": round(found.speed, 1),
        "why": _(words.WHY[Why(found.why)]) if found.why and row.state == CampaignState.STOPPED else "",
        "mode": [_(text) for text in words.MODES[row.mode]],
        "hand_over": [_(text) for text in words.HAND_OVERS[row.hand_over]],
        "chosen": [(LABELS[name], told(name, value)) for name, value in found.filters.items()],
        "pause": words.lasting(found.pause),
        "may_pause": may and moves,
        "may_resume": may and row.state in (CampaignState.PAUSED, CampaignState.STOPPED),
        "may_cancel": may and row.state not in OVER,
        "by_file": row.hand_over is HandOver.FILE,
        "now": now,
    }


def _lines(request: SignedInRequest, found: CampaignPage, now: datetime) -> dict[str, object]:
    typed = asked.text(request, "resultat")
    if typed and typed not in frozenset(LineState):
        raise Malformed(field="resultat", why=N_("it is none of those offered"))
    state, after = LineState(typed) if typed else None, asked.whole(request, "apres") or 0
    known = pages.campaign_lines(
        request.actor, found.row.reference, state=state, after=after, limit=ROWS + 1, now=now
    )
    rows = known[:ROWS]
    return {
        "lines": [_line(row) for row in rows],
        "results": [
            (code.value, _(label), getattr(found.row, code), code.value == typed)
            for code, (_tone, label) in words.LINES.items()
        ],
        "result": typed,
        "after": after,
        "next": rows[-1].id if len(known) > ROWS else 0,
    }


def _line(row: CampaignLineRow) -> Line:
    tone, label = words.LINES[row.state]
    return Line(row, tone, _(label), words.reason_of(row.reason))
