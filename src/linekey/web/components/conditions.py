"""The conditions of a password, ticked while typing: the desk's one definition, drawn."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linekey.domain.errors import Malformed
from linekey.domain.password_rules import Rule, Verdict
from linekey.domain.secret import Secret
from linekey.web.forms import LONGEST_PASSWORD
from linekey.web.wording import N_


def answer(
    request: HttpRequest, conditions: Sequence[Rule], judge: Callable[[Secret], Sequence[Verdict]]
) -> HttpResponse:
    """The fragment; with nothing typed, the conditions as they stood before typing."""
    typed = request.POST.get("password", "")
    if len(typed) > LONGEST_PASSWORD:
        raise Malformed(field="password", why=N_("it is too long"))
    shown: dict[str, Any] = {"verdicts": judge(Secret(typed))} if typed else {"conditions": conditions}
    return render(request, "linekey/components/conditions.html", shown)
