"""Light, dark, or as the system says: kept in a cookie, so that the first paint is already right."""

from typing import cast

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from linekey.domain.errors import Malformed
from linekey.web.session import DeskRequest, page_of

COOKIE = "linekey_theme"
THEMES = {"auto": "(prefers-color-scheme: dark)", "light": "not all", "dark": "all"}
"""Each theme, and for which media the dark colours count."""
YEAR = 365 * 24 * 3600


def chosen(request: HttpRequest) -> str:
    theme = request.COOKIES.get(COOKIE, "")
    return theme if theme in THEMES else "auto"


@require_POST
def switch(request: HttpRequest) -> HttpResponseBase:
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        raise Malformed(field="theme", why=" / ".join(THEMES))
    response = HttpResponseRedirect(page_of(cast(DeskRequest, request)), status=303)
    response.set_cookie(COOKIE, theme, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response
