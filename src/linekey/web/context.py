"""What every page knows without being told: the operator, whoever is signed in, where they can go."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from linekey.domain.access import Actor
from linekey.records import pages
from linekey.web import notices, theme
from linekey.web.navigation import links_for


def desk(request: HttpRequest) -> dict[str, Any]:
    """Everything that costs a query is lazy: an error page and a fragment must not pay for the frame."""
    actor = cast(Actor | None, getattr(request, "actor", None))
    chosen = theme.chosen(request)
    known: dict[str, Any] = {
        "operator": settings.LINEKEY_OPERATOR_NAME,
        "support_phone": settings.LINEKEY_SUPPORT_PHONE,
        "theme": chosen,
        "dark_media": theme.THEMES[chosen],
        "person": None,
        "navigation": [],
        "notices": SimpleLazyObject(lambda: notices.take(request)) if hasattr(request, "session") else [],
    }
    if actor is not None:
        known["person"] = SimpleLazyObject(lambda: pages.person_card(actor))
        known["navigation"] = links_for(actor, request.path)
    return known
