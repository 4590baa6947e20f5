"""Which language a page speaks: what was chosen in this session, else the person's, else the browser's.

French is spoken when nothing says otherwise.
"""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST

from linekey.domain.errors import Malformed
from linekey.web.session import DeskRequest, page_of

YEAR = 365 * 24 * 3600
CHOSEN = "language"


class PersonsLanguage:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with translation.override(_language(cast(DeskRequest, request))):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "fr")
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def _language(request: DeskRequest) -> str:
    chosen = request.session.get(CHOSEN) or (request.actor.language if request.actor else "")
    known = dict(settings.LANGUAGES)
    return chosen if chosen in known else translation.get_language_from_request(request)


@require_POST
def switch(request: HttpRequest) -> HttpResponseBase:
    """The switch in every page's foot: for this session, and for this browser afterwards."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise Malformed(field="language", why="fr / en")
    desk = cast(DeskRequest, request)
    if desk.actor is not None:
        request.session[CHOSEN] = language
    response = HttpResponseRedirect(page_of(desk), status=303)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=request.is_secure()
    )
    return response
