"""Which elements the rows of an import belong to."""

from datetime import datetime

from linekey.domain.access import Action, Actor, require
from linekey.records.models import ElementHealth


def import_elements(actor: Actor, *, now: datetime) -> tuple[str, str] | None:
    """Names of the registrar and the access server; None before the worker saw both.

    Raises NotAllowed, StepUpNeeded.
    """
    require(actor, Action.DELIVER, owner_id=None, now=now)
    seen = ElementHealth.objects.filter(role__in=("registrar", "access_server")).order_by("name")
    names = {role: name for name, role in seen.values_list("name", "role")}
    return (names["registrar"], names["access_server"]) if len(names) == 2 else None
