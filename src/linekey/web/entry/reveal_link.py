"""`/lien/<token>`: a one-time link. Looking consumes nothing; its button draws a secret and shows it once."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from linekey.domain.kinds import Mode
from linekey.domain.secret import Secret
from linekey.usecases import reveal_secret
from linekey.web.components.choice import choice_of, mode_of
from linekey.web.headers import token_page


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponseBase:
    link, now, mode = Secret(token), timezone.now(), mode_of(request)
    promise = reveal_secret.look(token=link, now=now)
    if request.method != "POST":
        choice = choice_of(promise.rotation, promise.kind, now, request)
        return render(request, "linekey/entry/reveal_link.html", {"promise": promise, "choice": choice})
    receipt = reveal_secret.open_link(token=link, now=now, mode=mode)
    kept = (mode or promise.rotation.default) is Mode.GRACE
    shown = {"promise": promise, "secret": receipt.shown_once, "kept": kept}
    return render(request, "linekey/entry/revealed.html", shown)
