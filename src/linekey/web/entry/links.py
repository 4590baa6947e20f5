"""The page of a one-time link that is no longer valid: why, and the button that asks for another."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linekey.domain.errors import Refusal
from linekey.web.refusals import STATUS
from linekey.web.wording import sentence_of


def over(request: HttpRequest, refusal: Refusal, *, activates: bool = False) -> HttpResponse:
    """`activates`: the link was one to open an account, which may be open since."""
    shown = {"title": sentence_of(refusal), "activates": activates}
    return render(request, "linekey/entry/link_over.html", shown, status=STATUS[refusal.nature])
