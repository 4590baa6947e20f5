"""Weigh one row of an import: by itself, then against what the desk knows. Nothing is written here.

Where the desk says otherwise than the element, the desk is right: such a row is a conflict for a person.
"""

from dataclasses import dataclass, field, replace

from linekey.domain import imported_rows
from linekey.domain.access import Actor
from linekey.domain.imported import VERB, Details, Found, Held, Outcome, Reason, Run, Told, Unfit
from linekey.domain.kinds import KINDS
from linekey.domain.lifecycle import State
from linekey.records.imports import Address, Books, address_of
from linekey.records.models import Organisation, Person, Service
from linekey.vault import check


@dataclass(frozen=True)
class Fit:
    """A row that makes sense by itself."""

    found: Found
    held: Held
    details: Details

    @property
    def is_line(self) -> bool:
        return self.found.columns is not None


@dataclass(frozen=True)
class Weighed:
    """`told`, and what is to be recorded when that is something new."""

    told: Told
    fit: Fit | None = None
    service: Service | None = None
    """None for one that is to be opened, of `organisation` and for `owner`."""
    organisation: Organisation | None = None
    owner: Person | None = None


@dataclass
class Scales:
    """Weighs the rows of one batch, in their order: what one takes is not there for the next."""

    actor: Actor
    books: Books
    seen: dict[Address, str] = field(default_factory=dict)

    def weigh(self, fit: Fit) -> Weighed:
        found, details = fit.found, fit.details
        told = Told(found.place, found.shown, Outcome.NEW, details.organisation, details.reference)
        told = replace(told, notes=fit.held.notes)
        try:
            if first := self.seen.get(address_of(found)):
                raise Unfit(Reason.TWICE, first=first)
            self.seen[address_of(found)] = found.place
            if service := self.books.services.get(address_of(found)):
                return self._known(fit, service, told)
            return self._new(fit, told)
        except Unfit as unfit:
            return Weighed(refused(told, unfit))

    def _new(self, fit: Fit, told: Told) -> Weighed:
        organisation = self.books.organisation(fit.details.organisation)
        owner = self.books.owner(fit.details.owner, organisation)
        if fit.details.reference in self.books.references:
            return _conflict(told, Reason.REFERENCE_TAKEN, reference=fit.details.reference)
        self.books.references.add(fit.details.reference)
        return Weighed(told, fit, organisation=organisation, owner=owner)

    def _known(self, fit: Fit, service: Service, told: Told) -> Weighed:
        if not service.path.startswith(self.actor.path):
            return _conflict(told, Reason.TAKEN)
        told = replace(told, reference=service.reference)
        named = fit.details.organisation
        if named and self.books.organisation(named).pk != service.organisation_id:
            return _conflict(told, Reason.ELSEWHERE, organisation=service.organisation.name)
        newest = self.books.newest.get(service.pk)
        if newest is None:
            return self._learned(fit, service, told)
        if newest.state == State.PLANNED:
            return _conflict(told, Reason.PENDING)
        if newest.verb == "retire":
            return _conflict(told, Reason.RETIRED)
        by_desk = newest.verb != VERB
        place, names = newest.seal_place, {"username": fit.found.name, "realm": fit.found.realm}
        sealed_by_us = fit.held.ours and by_desk
        if sealed_by_us or check.holds(KINDS[service.kind], newest.sealed, place, fit.held, **names):
            return Weighed(replace(told, outcome=Outcome.SAME))
        return _conflict(told, Reason.NEWER) if by_desk else self._learned(fit, service, told)

    def _learned(self, fit: Fit, service: Service, told: Told) -> Weighed:
        if fit.is_line:
            _require_no_handset(fit.found, fit.held, service.sip.managed_phone)
        return Weighed(replace(told, outcome=Outcome.CHANGED), fit, service)


def read(found: Found, run: Run) -> Fit | Told:
    """The row by itself, with the organisation of the whole run where it names none."""
    try:
        if found.unfit is not None:
            raise found.unfit
        imported_rows.require_text(found)
        imported_rows.require_name(found)
        if found.columns is not None:
            held = imported_rows.held_by_line(found.columns, run.trust)
        else:
            held = imported_rows.held_by_login(found.checks)
        details = imported_rows.details(found, with_realm=run.with_realm)
        if not check.agrees(held, username=found.name, realm=found.realm):
            raise Unfit(Reason.TWO_PASSWORDS)
        _require_no_handset(found, held, details.phone)
    except Unfit as unfit:
        return refused(Told(found.place, found.shown, Outcome.REFUSED), unfit)
    return Fit(found, held, replace(details, organisation=details.organisation or run.organisation))


def refused(told: Told, unfit: Unfit) -> Told:
    return replace(told, outcome=Outcome.REFUSED, reason=unfit.reason, values=unfit.values, notes=())


def _require_no_handset(found: Found, held: Held, phone: str) -> None:
    """A handset of ours receives its password by itself: nobody types one for it (SIP-3)."""
    if phone and found.typed and held.clear is not None:
        raise Unfit(Reason.MANAGED, phone=phone)


def _conflict(told: Told, reason: Reason, **values: object) -> Weighed:
    return Weighed(replace(told, outcome=Outcome.CONFLICT, reason=reason, values=values, notes=()))
