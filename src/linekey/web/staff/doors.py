"""Who may open these pages at all."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from linekey.domain.access import Role
from linekey.domain.errors import NotAllowed
from linekey.web.session import SignedInRequest, View, signed_in

P = ParamSpec("P")


def desk_only(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For whoever looks after other people's services. A subscriber has pages of their own."""

    @wraps(view)
    def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.actor.role is Role.SUBSCRIBER:
            raise NotAllowed()
        return view(request, *args, **kwargs)

    return signed_in(guarded)
