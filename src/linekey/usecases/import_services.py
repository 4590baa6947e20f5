"""Take over what an existing installation holds: its lines, its accesses, and the secrets they have today.

Nothing is pushed and nobody is cut: a version imported is live at once, with the digests the element holds.
Each batch is one transaction; imported again it changes nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from linekey.domain import access, imported_csv
from linekey.domain.access import Action, Actor
from linekey.domain.errors import N_, Malformed
from linekey.domain.imported import VERB, Found, Outcome, Run, Told
from linekey.domain.kinds import KINDS, PPPOE_ACCESS, SIP_LINE
from linekey.domain.lifecycle import State
from linekey.records import audit, search
from linekey.records.imports import Books, books_for
from linekey.records.models import CredentialVersion, PppAccess, Service, SipLine
from linekey.usecases.weigh_import import Fit, Scales, Weighed, read
from linekey.vault import seal

BATCH = 500
"""Rows in one transaction: enough to be quick, few enough that nobody waits for them."""


def require_may_import(actor: Actor, now: datetime) -> None:
    """Resellers and the operator's administrators may, in their branch. Raises NotAllowed, StepUpNeeded."""
    access.require(actor, Action.DELIVER, owner_id=None, now=now)


def import_rows(*, actor: Actor, rows: Sequence[Found], run: Run, now: datetime) -> list[Told]:
    """One batch: what became of each row, in their order. Raises NotAllowed, StepUpNeeded."""
    require_may_import(actor, now)
    with transaction.atomic(durable=True):
        fits = [read(found, run) for found in rows]
        books = books_for(actor, [(fit.found, fit.details) for fit in fits if isinstance(fit, Fit)], run)
        scales = Scales(actor, books)
        weighed = [scales.weigh(fit) if isinstance(fit, Fit) else Weighed(fit) for fit in fits]
        if not run.dry:
            _record(actor, weighed, books, run, now)
    return [each.told for each in weighed]


def import_file(
    *, actor: Actor, content: bytes, run: Run, domain: str, most: int, now: datetime
) -> list[Told]:
    """A whole file, as `domain.imported_csv` reads it, of at most `most` rows; written down at the end.

    Raises Malformed for a file that is none, NotAllowed, StepUpNeeded.
    """
    require_may_import(actor, now)
    rows = imported_csv.read(content, domain=domain)
    if len(rows) > most:
        raise Malformed(field="file", why=N_("it has more rows than a page can take: use the command"))
    run, told = replace(run, with_realm=imported_csv.several_domains(rows)), list[Told]()
    for start in range(0, len(rows), BATCH):
        told += import_rows(actor=actor, rows=rows[start : start + BATCH], run=run, now=now)
    if not run.dry:
        finish(actor=actor, source="csv", counted=Counter(each.outcome for each in told), now=now)
    return told


def finish(*, actor: Actor, source: str, counted: Counter[Outcome], now: datetime) -> None:
    """Write down that an import was made and what came of it; `source` is a word, and no address."""
    with transaction.atomic(durable=True):
        audit.write(
            action="services.import",
            now=now,
            actor=actor,
            source=source,
            new=str(counted[Outcome.NEW]),
            changed=str(counted[Outcome.CHANGED]),
            same=str(counted[Outcome.SAME]),
            conflict=str(counted[Outcome.CONFLICT]),
            refused=str(counted[Outcome.REFUSED]),
        )


def _record(actor: Actor, weighed: list[Weighed], books: Books, run: Run, now: datetime) -> None:
    opened = {id(each): _service(each, now) for each in weighed if each.organisation}
    Service.objects.bulk_create(opened.values())
    taken = [(opened.get(id(each)) or each.service, each.fit) for each in weighed]
    pairs = [(service, fit) for service, fit in taken if service and fit]
    new = {service.pk for service in opened.values()}
    SipLine.objects.bulk_create(
        _line(service, fit, run) for service, fit in pairs if service.pk in new and fit.is_line
    )
    PppAccess.objects.bulk_create(
        _access(service, fit, run) for service, fit in pairs if service.pk in new and not fit.is_line
    )
    search.index(*opened.values())
    before = CredentialVersion.objects.filter(service__in=[service for service, _ in pairs])
    before.filter(state=State.LIVE).update(state=State.SUPERSEDED)
    versions = [_version(actor, service, fit, books, now) for service, fit in pairs]
    CredentialVersion.objects.bulk_create(versions)
    for version, (service, fit) in zip(versions, pairs, strict=True):
        number = str(version.number)
        audit.write(
            action="service.import",
            now=now,
            actor=actor,
            service=service,
            login=fit.found.shown,
            version=number,
        )


def _service(each: Weighed, now: datetime) -> Service:
    assert each.fit is not None and each.organisation is not None  # noqa: S101 - what is opened has both
    return Service(
        reference=each.fit.details.reference,
        kind=(SIP_LINE if each.fit.is_line else PPPOE_ACCESS).code,
        name=each.fit.details.name,
        organisation=each.organisation,
        path=each.organisation.path,
        owner=each.owner,
        created_at=now,
    )


def _line(service: Service, fit: Fit, run: Run) -> SipLine:
    return SipLine(
        service=service,
        username=fit.found.name,
        realm=fit.found.realm,
        number=fit.details.number,
        element=run.registrar,
        managed_phone=fit.details.phone,
    )


def _access(service: Service, fit: Fit, run: Run) -> PppAccess:
    return PppAccess(
        service=service,
        login=fit.found.name,
        element=run.access_server,
        technology=fit.details.technology,
    )


def _version(actor: Actor, service: Service, fit: Fit, books: Books, now: datetime) -> CredentialVersion:
    version = CredentialVersion(
        service=service,
        number=books.numbers.get(service.pk, 0) + 1,
        state=State.LIVE,
        verb=VERB,
        made_by_id=actor.person_id,
        created_at=now,
        live_at=now,
    )
    version.plan = uuid5(NAMESPACE_URL, f"linekey:import:{service.pk}:{version.number}").hex
    version.sealed = seal.seal_held(
        KINDS[service.kind], fit.held, version.seal_place, username=fit.found.name, realm=fit.found.realm
    )
    return version
