"""The one-time id of a form: the same form sent twice is one change (law 6)."""

import re
from uuid import uuid4

from django.http import HttpRequest

from linekey.domain.errors import Malformed
from linekey.web.wording import N_

_SHAPE = re.compile(r"[0-9A-Za-z-]{16,64}")


def fresh() -> str:
    """For a form when it is drawn."""
    return uuid4().hex


def of(request: HttpRequest) -> str:
    """Raises Malformed when it is missing or was tampered with."""
    typed = request.POST.get("operation", "")
    if not _SHAPE.fullmatch(typed):
        raise Malformed(field="operation", why=N_("reload the page and send the form again"))
    return typed
