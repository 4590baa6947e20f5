"""`/revendeur/campagnes/nouvelle`: which services and how, what that would do, and the question before it.

Everything that is chosen stands in the address: the form, the preview and the confirmation are pages of it.
"""

from collections.abc import Iterable

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from linekey.domain.access import MAY, Action
from linekey.domain.campaigns import Orders
from linekey.domain.errors import Malformed, NobodyToRotate, NotAllowed
from linekey.usecases import preview_campaign, start_campaign
from linekey.usecases.preview_campaign import Preview
from linekey.web import asked, notices
from linekey.web.components import operation
from linekey.web.forms import PlainForm
from linekey.web.session import SignedInRequest, require_recent, to
from linekey.web.staff import words as staff_words
from linekey.web.staff.campaigns import words
from linekey.web.staff.campaigns.forms import asked_for
from linekey.web.staff.doors import desk_only
from linekey.web.staff.finder import Finder


@require_safe
@desk_only
def page(request: SignedInRequest) -> HttpResponseBase:
    _require(request)
    now = timezone.now()
    finder, form = Finder.of(request), asked_for(request)
    told = None
    if form.is_valid() and not finder.wrong:
        told = preview_campaign.preview(
            actor=request.actor, filters=finder.filters, orders=form.orders(), now=now
        )
    shown = {
        "crumbs": [(_("Campaigns"), reverse("campaigns")), (_("New campaign"), "")],
        "finder": finder,
        "form": form,
        "modes": _ways(form, "mode", words.MODES.values()),
        "hand_overs": _ways(form, "remise", words.HAND_OVERS.values()),
        "longest": asked.LONGEST,
        "told": told,
        "kinds": _kinds(told) if told else [],
        "left": [(words.reason_of(reason), count) for reason, count in told.left.most_common()]
        if told
        else [],
        # A name of its own: in a template `left.total` asks the counter for a reason called "total".
        "left_in_all": told.left.total() if told else 0,
        "go_on": f"{reverse('campaign-confirm')}?{request.GET.urlencode()}",
    }
    wrong = form.is_bound and (not form.is_valid() or finder.wrong)
    return render(request, "linekey/staff/campaigns/new.html", shown, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def confirm(request: SignedInRequest) -> HttpResponseBase:
    _require(request)
    now = timezone.now()
    finder, form = Finder.of(request), asked_for(request)
    if finder.wrong or not form.is_valid():
        raise Malformed(field="filters", why=gettext_noop("choose them again"))
    chosen = form.orders()
    if request.method == "POST":
        reference = start_campaign.start(
            actor=request.actor,
            name=form.cleaned_data["nom"],
            filters=finder.filters,
            orders=chosen,
            operation=operation.of(request),
            now=now,
        )
        text = gettext_noop("Follow it below. It goes on when you close this page.")
        notices.leave(request, "success", gettext_noop("The campaign has begun."), text)
        return to("campaign", reference)
    told = preview_campaign.preview(actor=request.actor, filters=finder.filters, orders=chosen, now=now)
    if not told.rotated:
        raise NobodyToRotate()
    title = _("Begin this campaign?")
    back = f"{reverse('campaign-new')}?{request.GET.urlencode()}"
    shown = {
        "crumbs": [(_("Campaigns"), reverse("campaigns")), (_("New campaign"), back), (title, "")],
        "title": title,
        "object": f"{form.cleaned_data['nom']} – {_counted(told)}",
        "consequences": _consequences(told, chosen),
        "button": _("Change %(services)s") % {"services": _counted(told)},
        "tone": "danger",
        "cancel": back,
        "operation": operation.fresh(),
    }
    return render(request, "linekey/staff/ask.html", shown)


def _require(request: SignedInRequest) -> None:
    if request.actor.role not in MAY[Action.RUN_CAMPAIGN]:
        raise NotAllowed()
    require_recent(request, timezone.now())


def _ways(form: PlainForm, name: str, told: Iterable[tuple[str, str]]) -> list[tuple[object, str]]:
    """Each choice as the form draws it, with the sentence below it."""
    return [(radio, _(text)) for radio, (_title, text) in zip(form[name], told, strict=True)]


def _kinds(told: Preview) -> list[str]:
    return [
        _("%(name)s: %(count)s")
        % {"name": staff_words.kind_name(kind), "count": number_format(count, force_grouping=True)}
        for kind, count in told.by_kind.most_common()
    ]


def _counted(told: Preview) -> str:
    count = number_format(told.rotated, force_grouping=True)
    if not told.whole:
        return _("more than %(count)s services") % {"count": count}
    return ngettext("%(count)s service", "%(count)s services", told.rotated) % {"count": count}


def _consequences(told: Preview, chosen: Orders) -> list[str]:
    kinds = " · ".join(_kinds(told))
    lasts = words.lasting(chosen.pace.left(told.rotated, in_wave=0, speed=0))
    found = [
        _("Each of them gets a new password of its own: %(kinds)s.") % {"kinds": kinds},
        " – ".join(_(text) for text in words.MODES[chosen.mode]),
        " – ".join(_(text) for text in words.HAND_OVERS[chosen.hand_over]),
        _("It takes about %(time)s, and more where the network is slow.") % {"time": lasts},
        _("You can pause or cancel it at any time. Passwords that were changed by then stay changed."),
    ]
    left = told.left.total()
    if left:
        told_left = ngettext(
            "%(count)s service found is left as it is.",
            "%(count)s services found are left as they are.",
            left,
        )
        found.insert(1, told_left % {"count": number_format(left, force_grouping=True)})
    return found
