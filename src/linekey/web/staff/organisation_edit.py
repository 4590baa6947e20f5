"""`/revendeur/organisations/<id>/modifier` and `…/sites/…`: rename it, add and rename its sites."""

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from linekey.domain.errors import Malformed, NotAllowed
from linekey.records import pages
from linekey.records.pages import OrganisationPage
from linekey.usecases import edit_organisation
from linekey.web import notices
from linekey.web.forms import PlainForm
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, to
from linekey.web.staff.doors import desk_only
from linekey.web.staff.organisation_forms import EditForm, SiteForm, blame_named, frame


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def edit(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    found = _editable(request, reference)
    form = EditForm(request.POST or None, initial={"name": found.row.name, "reference": found.row.reference})
    if not found.may_refer:
        del form.fields["reference"]
    if request.method == "POST" and form.is_valid():
        try:
            edit_organisation.edit(
                actor=request.actor,
                organisation=reference,
                name=form.cleaned_data["name"],
                reference=form.cleaned_data.get("reference"),
                now=now,
            )
        except Malformed as refusal:
            blame_named(form, refusal)
        else:
            return _saved(request, reference)
    return _plain_form(request, found, form, _("Rename the organisation"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def add_site(request: SignedInRequest, reference: str) -> HttpResponseBase:
    found, form = _editable(request, reference), SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            edit_organisation.add_site(
                actor=request.actor,
                organisation=reference,
                name=form.cleaned_data["site"],
                now=timezone.now(),
            )
        except Malformed as refusal:
            blame_named(form, refusal)
        else:
            return _saved(request, reference)
    return _plain_form(request, found, form, _("Add a site"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def rename_site(request: SignedInRequest, reference: str, site: str) -> HttpResponseBase:
    found = _editable(request, reference)
    named = pages.site(request.actor, reference, site)
    form = SiteForm(request.POST or None, initial={"site": named.name})
    if request.method == "POST" and form.is_valid():
        try:
            edit_organisation.rename_site(
                actor=request.actor,
                organisation=reference,
                site=site,
                name=form.cleaned_data["site"],
                now=timezone.now(),
            )
        except Malformed as refusal:
            blame_named(form, refusal)
        else:
            return _saved(request, reference)
    return _plain_form(request, found, form, _("Rename the site %(name)s") % {"name": named.name})


def _editable(request: SignedInRequest, reference: str) -> OrganisationPage:
    """Raises what the desk would, before the form is filled."""
    now = timezone.now()
    found = pages.organisation(request.actor, reference, now=now)
    if not found.may_edit:
        raise NotAllowed()
    require_recent(request, now)
    return found


def _plain_form(
    request: SignedInRequest, found: OrganisationPage, form: PlainForm, title: str
) -> HttpResponseBase:
    shown = frame(found, title) | {"title": title, "form": form}
    return form_page(request, "linekey/staff/organisation_form.html", shown)


def _saved(request: SignedInRequest, reference: str) -> HttpResponseBase:
    notices.leave(request, "success", gettext_noop("Saved."))
    return to("organisation", reference)
