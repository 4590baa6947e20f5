"""`POST /services/{reference}/…`: change, reset, send, retire and cut a credential.

Each wants an `Idempotency-Key`: a request that is sent twice changes nothing twice, and shows nothing twice.
"""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Body, Router

from linekey.api import shapes
from linekey.api.callers import actor_of
from linekey.api.describing import BROKEN, MANAGED, NO_CONTACT, NO_GRACE, OVER, SHOWN, changes
from linekey.api.once import Once
from linekey.domain.access import Action
from linekey.domain.kinds import Verb
from linekey.usecases import end_grace, rotate_credential
from linekey.usecases.rotate_credential import Receipt

router = Router(tags=["Credentials"])
How = Annotated[shapes.Rotate | None, Body(example={"mode": "grace"})]


@router.post(
    "/services/{reference}/change",
    response={202: shapes.Receipt},
    summary="Change the password to one of your choice",
    **changes(Action.CHANGE, MANAGED, BROKEN, NO_GRACE),
)
def change(request: HttpRequest, reference: str, once: Once, body: shapes.NewPassword) -> shapes.Receipt:
    receipt = rotate_credential.change(
        reference=reference, new=body.password, mode=body.mode, **_asked(request, Verb.CHANGE, once)
    )
    return shapes.Receipt(**_promised(receipt))


@router.post(
    "/services/{reference}/reset",
    response={202: shapes.ShownOnce},
    summary="Draw a new password and show it once",
    **changes(Action.RESET, MANAGED, SHOWN, NO_GRACE),
)
def reset(request: HttpRequest, reference: str, once: Once, body: How = None) -> shapes.ShownOnce:
    """Sent again with the same `Idempotency-Key` it is refused: the password was told and is kept nowhere."""
    asked = _asked(request, Verb.RESET, once)
    receipt = rotate_credential.reset(reference=reference, mode=body.mode if body else None, **asked)
    if receipt.shown_once is None:
        raise LookupError("a reset shows what it drew")
    return shapes.ShownOnce(**_promised(receipt), secret=receipt.shown_once.reveal())


@router.post(
    "/services/{reference}/send",
    response={202: shapes.Receipt},
    summary="Send a new password to the contact",
    **changes(Action.SEND, MANAGED, NO_CONTACT, NO_GRACE),
)
def send(request: HttpRequest, reference: str, once: Once, body: How = None) -> shapes.Receipt:
    """In the mail or by a one-time link, as `delivery` of the service says. The old one works until then.

    By a link, whoever opens it chooses: a `mode` sent here counts for nothing.
    """
    asked = _asked(request, Verb.SEND, once)
    return shapes.Receipt(
        **_promised(rotate_credential.send(reference=reference, mode=body.mode if body else None, **asked))
    )


@router.post(
    "/services/{reference}/retire",
    response={202: shapes.Receipt},
    summary="Accept no password any more",
    **changes(Action.RETIRE),
)
def retire(request: HttpRequest, reference: str, once: Once) -> shapes.Receipt:
    """Until a new one is made, the network accepts none for this service."""
    return shapes.Receipt(
        **_promised(rotate_credential.retire(reference=reference, **_asked(request, Verb.RETIRE, once)))
    )


@router.post(
    "/services/{reference}/cut",
    response={202: shapes.Receipt},
    summary="Cut the old password now, before its deadline",
    **changes(Action.RESET, OVER),
)
def cut(request: HttpRequest, reference: str, once: Once) -> shapes.Receipt:
    """While a `grace` is open: the old password is refused, and what it opened is cut."""
    return shapes.Receipt(**_promised(end_grace.end(reference=reference, **_asked(request, "cut", once))))


def _asked(request: HttpRequest, verb: str, once: str) -> dict[str, Any]:
    # The verb takes part: the same name on another verb is another request, and must not pass for done.
    actor = actor_of(request)
    operation = f"api:{actor.person_id}:{verb}:{once}"
    return {"actor": actor, "operation": operation, "now": timezone.now()}


def _promised(receipt: Receipt) -> dict[str, Any]:
    return {"reference": receipt.reference, "plan": receipt.plan, "version": receipt.version}
