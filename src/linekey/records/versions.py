"""Every secret a service ever had: found by its plan, by its number, one after the other."""

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from linekey.domain.lifecycle import State
from linekey.records.models import CredentialVersion, Service
from linekey.records.prepared import Change, Question, insert, number, text


def of_plan(service: Service, plan: str) -> CredentialVersion | None:
    return _OF_PLAN.first(service=service.pk, plan=plan)


def last(service: Service) -> CredentialVersion | None:
    """The one with the highest number, whatever became of it."""
    return _LAST.first(service=service.pk)


def with_secret(service: Service) -> list[CredentialVersion]:
    """Without retirements, and without what only the element knows."""
    return _WITH_SECRET.all(service=service.pk)


def newest(service: Service) -> CredentialVersion | None:
    """The one that is to be true on the element.

    It is the newest that was neither abandoned nor overtaken before the element took it.
    """
    return _NEWEST.first(service=service.pk)


def newest_of_each(keys: Iterable[int]) -> dict[int, CredentialVersion]:
    """`newest` of many services, by their key, in one query; those which have none are missing."""
    beside = CredentialVersion.objects.filter(service_id=OuterRef("service_id"))
    newest_one = Subquery(_standing(beside).order_by("-number").values("pk")[:1])
    found = CredentialVersion.objects.filter(service_id__in=list(keys), pk=newest_one)
    return {version.service_id: version for version in found}


def held(service: Service) -> CredentialVersion | None:
    """The newest which the element took."""
    return _HELD.first(service=service.pk)


def add(version: CredentialVersion) -> None:
    """Whoever adds one holds the lock of the service."""
    insert([version])


def supersede_planned(service: Service) -> None:
    """What never reached the element will not: law 3 says the same of its effects."""
    _SUPERSEDE(service=service.pk)


def _of() -> QuerySet[CredentialVersion]:
    return CredentialVersion.objects.filter(service_id=number("service"))


def _standing(versions: QuerySet[CredentialVersion]) -> QuerySet[CredentialVersion]:
    return versions.exclude(state=State.ABANDONED).exclude(state=State.SUPERSEDED, live_at=None)


_OF_PLAN = Question(lambda: _of().filter(plan=text("plan")))
_LAST = Question(lambda: _of().order_by("-number")[:1])
_WITH_SECRET = Question(lambda: _of().exclude(sealed=b""))
_NEWEST = Question(lambda: _standing(_of()).order_by("-number")[:1])
_HELD = Question(
    lambda: _of().filter(live_at__isnull=False).exclude(state=State.ABANDONED).order_by("-number")[:1]
)
_SUPERSEDE = Change(lambda: _of().filter(state=State.PLANNED), state=State.SUPERSEDED)
