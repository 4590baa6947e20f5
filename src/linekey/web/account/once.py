"""A form whose answer shows a secret is carried out once: sent again, it makes and shows nothing (law 6)."""

from linekey.web.components import operation
from linekey.web.session import SignedInRequest

_KEY = "spent"
_MOST = 20
"""Ids of forms a session remembers; older ones were left behind long ago."""


def spend(request: SignedInRequest) -> bool:
    """False when this very form was carried out before. Raises Malformed.

    Written down before the work begins: a second press finds it, even while the first is still at it.
    """
    asked = operation.of(request)
    spent = request.session.get(_KEY, [])
    if asked in spent:
        return False
    request.session[_KEY] = [*spent, asked][-_MOST:]
    request.session.save()
    return True
