"""`POST /services/{reference}/modem-reset`: an auto-configuration server (TR-069) tells of a factory reset.

Its own name of the event is the `Idempotency-Key`: a server which repeats an event renews once.
"""

from datetime import UTC, datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Router

from linekey.api import shapes
from linekey.api.callers import actor_of
from linekey.api.describing import NO_CONTACT, changes
from linekey.api.once import KEY
from linekey.domain.access import Action
from linekey.domain.errors import ModemResetTooOften
from linekey.usecases import renew_after_reset

TOO_OFTEN = ModemResetTooOften(datetime(2026, 3, 2, 10, 30, tzinfo=UTC))
router = Router(tags=["Credentials"])

Event = Annotated[
    str,
    Header(
        **KEY,
        description="Name of the event; the same whenever you tell it again",
        example="bootstrap-202BC1-C0FFEE-1764201600",
    ),
]


@router.post(
    "/services/{reference}/modem-reset",
    response={202: shapes.Receipt},
    summary="Renew the credentials of an access whose modem was reset",
    **changes(Action.SEND, NO_CONTACT, TOO_OFTEN),
)
def modem_reset(request: HttpRequest, reference: str, event: Event) -> shapes.Receipt:
    """The login stays, the password always changes; delivered as `delivery` of the service says."""
    actor = actor_of(request)
    # The path takes part: the same name on another call is another request, and must not pass for done.
    receipt = renew_after_reset.renew(
        actor=actor,
        reference=reference,
        operation=f"api:{actor.person_id}:modem-reset:{event}",
        now=timezone.now(),
    )
    return shapes.Receipt(reference=receipt.reference, plan=receipt.plan, version=receipt.version)
