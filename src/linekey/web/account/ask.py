"""Ask before something is taken away: its name, what follows, the gesture."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render

from linekey.web.account.frame import frame
from linekey.web.session import SignedInRequest


def ask(request: SignedInRequest, current: str, told: Mapping[str, object]) -> HttpResponse:
    """`told` is what `components/confirm.html` wants, and `title`."""
    shown = {**frame(current, leaf=str(told["title"])), **told}
    return render(request, "linekey/account/ask.html", shown)
