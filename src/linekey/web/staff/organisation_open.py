"""`/revendeur/organisations/<id>/ouvrir`: open a reseller or a customer below, invite its administrator."""

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from linekey.domain.errors import AddressRefused, Malformed, NotAllowed
from linekey.domain.tree import OrganisationKind
from linekey.records import pages
from linekey.usecases import open_organisation
from linekey.usecases.open_organisation import NewOrganisation
from linekey.web import notices
from linekey.web.components import operation
from linekey.web.forms import blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, to
from linekey.web.staff.doors import desk_only
from linekey.web.staff.organisation_forms import OpenForm, blame_named, frame


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def open_below(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    above = pages.organisation(request.actor, reference, now=now)
    if not above.opens:
        raise NotAllowed()
    require_recent(request, now)
    form = OpenForm(above.opens, request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            made = open_organisation.open_under(
                actor=request.actor,
                under=reference,
                new=NewOrganisation(OrganisationKind(found["kind"]), found["name"], found["reference"]),
                first=form.first(),
                operation=operation.of(request),
                now=now,
            )
        except AddressRefused as refusal:
            blame(form, "email", refusal)
        except Malformed as refusal:
            blame_named(form, refusal)
        else:
            text = (
                gettext_noop("Its first administrator receives an activation link.") if form.first() else ""
            )
            notices.leave(request, "success", gettext_noop("“%(name)s” is open."), text, name=found["name"])
            return to("organisation", made.organisation)
    title = _("Open an organisation under %(name)s") % {"name": above.row.name}
    shown = frame(above, _("Open an organisation")) | {"title": title, "operation": operation.fresh()}
    return form_page(request, "linekey/staff/organisation_open.html", shown | {"form": form})
