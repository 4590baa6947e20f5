"""`linekey push-again ELEMENT`: every password an element is to accept, promised once more (NEW-2).

For an element whose database was lost or is an older copy, and after its key was replaced. Nothing is drawn
and nobody is told: what was true there becomes true again, behind whatever people change meanwhile. After
`linekey restore`, compare the elements first: they may know better.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from linekey.domain.effects import REPAIR, Effect, EffectKind
from linekey.domain.lifecycle import State
from linekey.records import outbox, versions
from linekey.records.models import CredentialVersion, Service
from linekey.records.outbox import Promise
from linekey.worker.import_report import progress

AT_ONCE = 200
WHY = "pushed again"


def main(words: Sequence[str]) -> int:
    """Exit status 0 when all are promised, 1 when the desk does not hold some, 2 when nobody is on it."""
    element: str = _parser().parse_args([*words]).element
    services = Service.objects.filter(Q(sip__element=element) | Q(ppp__element=element))
    if not (total := services.count()):
        sys.stderr.write(f"linekey push-again: no line and no access is on {element!r}.\n")
        return 2
    promised = unheld = after = 0
    by_key = services.order_by("pk").values_list("pk", flat=True)
    with progress(total, shown=True, doing="Promising") as went_on:
        while keys := list(by_key.filter(pk__gt=after)[:AT_ONCE]):
            made, without = promise(keys, now=timezone.now())
            promised, unheld, after = promised + made, unheld + without, keys[-1]
            went_on(len(keys))
    sys.stdout.write(f"{promised} of {total} are promised; the workers make them true.\n")
    if unheld:
        sys.stdout.write(f"{unheld} passwords only the element knew: those services need new ones.\n")
    return 1 if unheld else 0


def promise(services: Sequence[int], *, now: datetime) -> tuple[int, int]:
    """How many were promised, and of how many the desk holds no secret. What is under way is left alone."""
    with transaction.atomic():
        # As whoever changes one does: else an older version could be promised behind a newer one (law 1).
        rows = Service.objects.select_for_update(no_key=True).filter(pk__in=services)
        owners = dict(rows.order_by("pk").values_list("pk", "owner_id"))
        live = [each for each in versions.newest_of_each(owners).values() if each.state == State.LIVE]
        held = [each for each in live if each.verb == "retire" or bytes(each.sealed)]
        outbox.put_bulk((_again(each, owners[each.service_id]) for each in held), now=now)
    return len(held), len(live) - len(held)


def _again(version: CredentialVersion, owner_id: int | None) -> Promise:
    kind = EffectKind.RETIRE if version.verb == "retire" else EffectKind.PUSH
    return Promise(
        effects=[Effect(kind, facts={REPAIR: WHY})],
        plan=uuid4().hex,
        service_id=version.service_id,
        version_id=version.pk,
        person_id=owner_id,
        later={},
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="linekey push-again", description=__doc__)
    parser.add_argument("element", metavar="ELEMENT", help="as its page calls it: kamailio-1, freeradius-1")
    return parser
