"""`/revendeur/services/<ref>/modifier/<group>`: set the name of a service and the settings of a licence.

With htmx a form takes the place of the row or block it changes, and gives it back; else it is a page.
"""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, retarget

from linekey.domain.errors import ChangedMeanwhile, Malformed, NotAllowed
from linekey.records import pages
from linekey.records.pages import SettingsPage
from linekey.usecases import edit_service
from linekey.web import asked, notices
from linekey.web.components import live
from linekey.web.forms import blame
from linekey.web.session import SignedInRequest, require_recent, to
from linekey.web.staff import licence_words, words
from linekey.web.staff.doors import desk_only
from linekey.web.staff.licence_form import SettingsForm, again, sent
from linekey.web.staff.licence_words import USER, Group
from linekey.web.staff.licences import drawn_row
from linekey.web.staff.service import block_of, trail

_PLACE = "closest [data-in-place]"


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def edit(request: SignedInRequest, reference: str, code: str) -> HttpResponseBase:
    page = pages.settings(request.actor, reference)
    group = licence_words.group_of(page.row, code)
    if not page.row.may_edit:
        raise NotAllowed()
    if page.row.guarded:
        require_recent(request, timezone.now())
    if request.method == "POST":
        return _save(request, page, group)
    focus = asked.text(request, "champ")
    if request.htmx and asked.text(request, "repos"):
        return _at_rest(request, page, group, focus)
    return _form(request, page, group, SettingsForm(page.row, group, focus=focus))


def _save(request: SignedInRequest, page: SettingsPage, group: Group) -> HttpResponseBase:
    reference, form = page.row.reference, sent(request, page.row, group)
    if not form.is_valid():
        return _form(request, page, group, form, status=422)
    try:
        changed = edit_service.edit(
            actor=request.actor,
            reference=reference,
            changes=form.cleaned_data,
            was=form.seen,
            now=timezone.now(),
        )
    except Malformed as wrong:
        blame(form, str(wrong.values["field"]), wrong)
        return _form(request, page, group, form, status=422)
    except ChangedMeanwhile as another:
        page = pages.settings(request.actor, reference)
        form = again(form, page.row, group)
        blame(form, str(another.values["setting"]), another)
        return _form(request, page, group, form, status=409)
    if request.htmx:
        fresh = pages.settings(request.actor, reference)
        return _at_rest(request, fresh, group, changed[0] if changed else "")
    if changed:
        notices.leave(request, "success", gettext_noop("%(reference)s is changed."), reference=reference)
    return to(*_stands_on(page, group))


def _form(
    request: SignedInRequest, page: SettingsPage, group: Group, form: SettingsForm, status: int = 200
) -> HttpResponse:
    if status != 200:
        form.focus_on_what_is_wrong()
    name, stands_on = _stands_on(page, group)
    shown = {
        "row": page.row,
        "form": form,
        "title": _(group.title),
        "address": reverse("staff-settings", args=[page.row.reference, group.code]),
        "back": reverse(name, args=[stands_on]),
        "is_row": group is USER,
        "crumbs": trail(page.row.reference, page.pbx, _("Edit")),
    }
    if not request.htmx:
        return render(request, "linekey/staff/licences/edit.html", shown, status=status)
    response = render(request, "linekey/staff/licences/_form.html", shown, status=status)
    if status != 200:
        # Beside the field, not in the bar where refusals go.
        reswap(retarget(response, _PLACE), "outerHTML")
    return response


def _at_rest(request: SignedInRequest, page: SettingsPage, group: Group, focus: str) -> HttpResponse:
    """What the form stood in place of, and the focus back on what opened it."""
    if group is USER:
        shown = {"user": drawn_row(page.row), "focus": focus or "name"}
        return render(request, "linekey/staff/licences/_row.html", shown)
    found = pages.service(request.actor, page.row.reference, now=timezone.now())
    shown = {
        "block": block_of(page, group),
        "page": found,
        "settings": page,
        "kind": words.kind_of(found.row),
        "live": live.at_rest(found, reverse("staff-state", args=[page.row.reference]), timezone.now()),
        "focus": group.code,
    }
    return render(request, "linekey/staff/licences/_block.html", shown)


def _stands_on(page: SettingsPage, group: Group) -> tuple[str, str]:
    """The page on which the group is seen: its address by name, and of what."""
    if group is USER and page.pbx:
        return "staff-users", page.pbx
    return "staff-service", page.row.reference
