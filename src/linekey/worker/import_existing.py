"""`linekey import kamailio|radius|csv`: take an existing installation over row by row, cutting nobody.

With --dry-run nothing is written, and the report says of each row what would become of it.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from linekey.domain.access import Actor, Door, Role
from linekey.domain.errors import Malformed, Refusal
from linekey.domain.imported import NOTES, SENTENCES, Note, Outcome, Reason, Run, Trust
from linekey.domain.trouble import Rejected, Unreachable
from linekey.records import find
from linekey.records.models import Person
from linekey.usecases import import_services
from linekey.wiring import ACCESS_SERVER, REGISTRAR
from linekey.worker.import_arguments import parser
from linekey.worker.import_report import Report, progress
from linekey.worker.import_sources import BadSource, Source, csv_file, kamailio, radius

NOT_ALL, USAGE, NOT_ALLOWED, UNREACHABLE = 1, 2, 3, 5


def main(argv: Sequence[str], *, variable: Callable[[str], str]) -> int:
    """`variable` reads a secret from the environment, by its name."""
    asked = parser().parse_args(list(argv))
    try:
        source = _source(asked, variable)
        return _import(asked, source, _actor(asked.actor))
    except BadSource as fault:
        return _say(str(fault), USAGE)
    except Malformed as fault:
        return _say(f"{fault.values['field']}: {fault.values['why']}.", USAGE)
    except Refusal as refusal:
        return _say(refusal.sentence % refusal.values, NOT_ALLOWED)
    except OSError as fault:
        return _say(f"the report cannot be written: {fault.strerror}", USAGE)
    except (Unreachable, Rejected) as trouble:
        return _say(f"{trouble}. What was imported so far stays; start again to go on.", UNREACHABLE)


def _import(asked: argparse.Namespace, source: Source, actor: Actor) -> int:
    run = Run(
        registrar=REGISTRAR,
        access_server=ACCESS_SERVER,
        organisation=asked.organisation,
        trust=Trust(asked.trust),
        with_realm=source.with_realm,
        dry=asked.dry_run,
    )
    counted, why, notes = Counter[Outcome](), Counter[Reason](), Counter[Note]()
    with Report(asked.report) as report, progress(source.total, shown=not asked.json) as went_on:
        for batch in source.batches:
            told = import_services.import_rows(actor=actor, rows=batch, run=run, now=timezone.now())
            report.write(told)
            counted.update(each.outcome for each in told)
            why.update(each.reason for each in told if each.reason)
            notes.update(note for each in told for note in each.notes)
            went_on(len(told))
    if not run.dry:
        import_services.finish(actor=actor, source=source.name, counted=counted, now=timezone.now())
    _tell(asked, counted, why, notes)
    return NOT_ALL if counted[Outcome.REFUSED] or counted[Outcome.CONFLICT] else 0


def _tell(
    asked: argparse.Namespace, counted: Counter[Outcome], why: Counter[Reason], notes: Counter[Note]
) -> None:
    if asked.json:
        summary: dict[str, Any] = {"dry_run": asked.dry_run, "rows": counted.total()}
        summary |= {outcome.value: counted[outcome] for outcome in Outcome}
        summary |= {"reasons": dict(why.most_common()), "notes": dict(notes.most_common())}
        sys.stdout.write(f"{json.dumps(summary)}\n")
        return
    tense = "would be " if asked.dry_run else ""
    for outcome, words in _WORDS.items():
        sys.stdout.write(f"{counted[outcome]:>9}  {tense if outcome in _CHANGES else ''}{words}\n")
    for reason, count in why.most_common():
        sys.stdout.write(f"{count:>9}  [{reason}] {_plain(SENTENCES[reason])}\n")
    for note, count in notes.most_common():
        sys.stdout.write(f"{count:>9}  [{note}] {NOTES[note]}\n")
    if asked.report:
        sys.stdout.write(f"Row by row: {asked.report}\n")


_CHANGES = (Outcome.NEW, Outcome.CHANGED)
_WORDS = {
    Outcome.NEW: "new: services Linekey did not know",
    Outcome.CHANGED: "changed: services whose password Linekey did not know as it is now",
    Outcome.SAME: "same: nothing to do",
    Outcome.CONFLICT: "in conflict: Linekey says otherwise, and was not overruled",
    Outcome.REFUSED: "refused: the row cannot be taken over",
}


def _plain(sentence: str) -> str:
    """The sentence of many rows: an ellipsis where each row has its own word."""
    words = {name: "…" for name in _PLACES}
    return sentence.replace("%(most)d", "…") % words


_PLACES = (
    *("field", "name", "first", "op", "phone", "number", "reference", "technology"),
    *("organisation", "owner"),
)


def _source(asked: argparse.Namespace, variable: Callable[[str], str]) -> Source:
    if asked.what == "csv":
        return csv_file(asked.file, domain=asked.domain)
    take = kamailio if asked.what == "kamailio" else radius
    return take(asked.source, details=asked.details, variable=variable)


def _actor(customer_id: str) -> Actor:
    """Whoever answers for the import: named, or the operator's only administrator. Raises BadSource."""
    people = Person.objects.select_related("organisation").filter(is_active=True)
    if customer_id:
        found = list(people.filter(customer_id=customer_id.lower())[:1])
    else:
        found = list(people.filter(role=Role.OPERATOR_ADMIN)[:2])
    if len(found) != 1:
        raise BadSource("name whoever answers for this import: --as and their customer ID (ab12345-lk)")
    return find.actor_of(found[0], door=Door.SERVER)


def _say(words: str, status: int) -> int:
    sys.stderr.write(f"linekey import: {words}\n")
    return status
