"""`/lien/<token>`: a one-time link. Looking consumes nothing; its button draws a secret and shows it once."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from linekey.domain.secret import Secret
from linekey.usecases import reveal_secret
from linekey.web.headers import token_page


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponseBase:
    link, now = Secret(token), timezone.now()
    promise = reveal_secret.look(token=link, now=now)
    if request.method != "POST":
        return render(request, "linekey/entry/reveal_link.html", {"promise": promise})
    receipt = reveal_secret.open_link(token=link, now=now)
    return render(request, "linekey/entry/revealed.html", {"promise": promise, "secret": receipt.shown_once})
