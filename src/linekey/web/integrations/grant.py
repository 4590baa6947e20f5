"""The page a consumer key is validated on: who asks, for what, from where, for how long; yes or no."""

from urllib.parse import urlsplit

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from linekey.domain.errors import Malformed, StepUpNeeded
from linekey.domain.secret import Secret
from linekey.usecases import authorise_application
from linekey.usecases.authorise_application import Request
from linekey.web.headers import token_page
from linekey.web.integrations.rights import in_words
from linekey.web.integrations.validity import ValidityForm
from linekey.web.session import SignedInRequest, require_recent, signed_in


@token_page
@signed_in
def grant(request: SignedInRequest) -> HttpResponseBase:
    token = Secret(request.GET.get("credentialToken", ""))
    form = ValidityForm(request.POST if request.POST.get("decision") == "accept" else None)
    if request.method == "POST" and (form.is_valid() or not form.is_bound):
        return _decided(request, token, form)
    now = timezone.now()
    # A link that is not valid says so at once; the proof is asked for before the form, not after it.
    asked = authorise_application.look(token=token, now=now)
    require_recent(request, now)
    return render(request, "linekey/integrations/grant.html", {"form": form, **_facts(asked)})


def _decided(request: SignedInRequest, token: Secret, form: ValidityForm) -> HttpResponseBase:
    granted, now = form.is_bound, timezone.now()
    try:
        if granted:
            asked = authorise_application.validate(
                actor=request.actor, token=token, lasts=form.duration(), now=now
            )
        elif request.POST.get("decision") == "refuse":
            asked = authorise_application.refuse(actor=request.actor, token=token, now=now)
        else:
            raise Malformed(field="decision", why="accept / refuse")
    except StepUpNeeded:
        # Back to the form, which asks for the proof and keeps the token: this page tells nobody its address.
        return HttpResponseRedirect(request.get_full_path(), status=303)
    response = render(request, "linekey/integrations/granted.html", {"granted": granted, **_facts(asked)})
    if asked.redirection:
        # Not a Location: browsers hold the answer to a form to `form-action 'self'`, and would stay here.
        response.headers["Refresh"] = f"0; url={iri_to_uri(asked.redirection)}"
    return response


def _facts(asked: Request) -> dict[str, object]:
    return {
        "asked": asked,
        "rights": in_words(asked.rules),
        "destination": urlsplit(asked.redirection).netloc,
    }
