"""What the notification bar says after a redirect. Never a secret: it lies in the session."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext

_KEY = "notices"


@dataclass(frozen=True)
class Notice:
    tone: str
    """`info`, `success`, `warning` or `danger`."""
    title: str
    text: str = ""


def leave(request: HttpRequest, tone: str, title: str, text: str = "", **values: str) -> None:
    """`title` and `text` are untranslated sentences (`gettext_noop`); they are translated when shown."""
    kept = request.session.get(_KEY, [])
    request.session[_KEY] = [*kept, (tone, title, text, values)]


def take(request: HttpRequest) -> list[Notice]:
    """What was left, once."""
    if _KEY not in request.session:
        return []
    return [
        Notice(tone, gettext(title) % values, gettext(text) % values if text else "")
        for tone, title, text, values in request.session.pop(_KEY)
    ]
