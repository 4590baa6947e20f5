"""The page of a case's link that opens nothing: the same whether it never did or no longer does."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from linekey.domain.errors import LinkNotValid
from linekey.web.headers import token_page
from linekey.web.refusals import STATUS
from linekey.web.wording import sentence_of

P = ParamSpec("P")


def case_link(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For pages with the token of a case in their address: `token_page`, and a page for one that is over."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except LinkNotValid as refusal:
            shown = {"title": sentence_of(refusal)}
            return render(request, "linekey/cases/link_over.html", shown, status=STATUS[refusal.nature])

    return token_page(guarded)
