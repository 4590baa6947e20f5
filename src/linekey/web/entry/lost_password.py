"""`/mot-de-passe-perdu`: ask for a link by identifier, and learn nothing about who has an account (law 7).

What there is to say about an account (not activated yet, disabled, locked) is said in the mail, to its owner.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linekey.domain.errors import TooManyAttempts
from linekey.domain.recovery import LASTS, Purpose
from linekey.usecases import recover_account
from linekey.web.entry.fields import WhoForm
from linekey.web.refusals import form_page
from linekey.web.visitor import visitor_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    form, refusal = WhoForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            recover_account.ask(
                identifier=form.cleaned_data["identifier"],
                extension=form.cleaned_data["extension"],
                visitor=visitor_of(request),
                now=timezone.now(),
            )
        except TooManyAttempts as shut:
            refusal = shut
        else:
            hours = LASTS[Purpose.RECOVER].total_seconds() // 3600
            return render(request, "linekey/entry/link_asked.html", {"hours": int(hours)})
    return form_page(request, "linekey/entry/lost_password.html", {"form": form}, refusal)
