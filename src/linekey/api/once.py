"""The `Idempotency-Key` of a change: a request that is sent again changes nothing again."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header

from linekey.api.callers import actor_of
from linekey.domain.access import Actor
from linekey.usecases import repeat_request

KEY: dict[str, Any] = {
    "alias": "Idempotency-Key",
    "min_length": 8,
    "max_length": 64,
    "pattern": r"^[!-~]+$",
}
"""What a caller may name a request with."""
Once = Annotated[
    str,
    Header(
        **KEY,
        description="Your own name of this request; the same when you send it again, another for another",
        example="5f1c7c1e-7f0b-4c43-9f0e-6f5b0c1c2d3e",
    ),
]


def done_once(
    request: HttpRequest, act: Callable[..., object], *, reference: str, once: str, **asked: Any
) -> Actor:
    """Has `act` done to the thing of that reference, however often it is sent; whoever did it.

    The verb takes part: the same name on another verb is another request, and must not pass for done.
    """
    actor, now = actor_of(request), timezone.now()
    repeat_request.once(
        actor=actor,
        operation=f"{act.__module__}.{act.__name__}:{reference.upper()}:{once}",
        act=lambda: act(actor=actor, reference=reference, now=now, **asked),
        now=now,
    )
    return actor
