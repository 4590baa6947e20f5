"""What a journal is asked by its address, as the filter of the records and as a form to fill again."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone

from linekey.domain.errors import Malformed
from linekey.records.pages import JournalFilter
from linekey.web import asked
from linekey.web.audit.words import DOORS, GROUPS
from linekey.web.wording import N_


@dataclass(frozen=True)
class Asked:
    """As typed; what does not exist narrows nothing."""

    text: str = ""
    group: str = ""
    door: str = ""
    person: str = ""
    service: str = ""
    first_day: date | None = None
    last_day: date | None = None

    @property
    def narrowed(self) -> JournalFilter:
        return JournalFilter(
            group=self.group,
            person=self.person,
            service=self.service,
            door=self.door,
            since=_midnight(self.first_day) if self.first_day else None,
            until=_midnight(self.last_day + timedelta(days=1)) if self.last_day else None,
            text=self.text,
        )

    @property
    def is_narrowed(self) -> bool:
        return self != Asked()

    def query(self, **more: object) -> str:
        """`?…`, with the names people read in the address bar."""
        wanted = {
            "texte": self.text,
            "sorte": self.group,
            "porte": self.door,
            "personne": self.person,
            "service": self.service,
            "du": self.first_day,
            "au": self.last_day,
            **more,
        }
        return "?" + urlencode({name: str(value) for name, value in wanted.items() if value})


def read(request: HttpRequest) -> Asked:
    """Raises Malformed."""
    group, door = asked.text(request, "sorte"), asked.text(request, "porte")
    return Asked(
        text=asked.text(request, "texte"),
        group=group if group in GROUPS else "",
        door=door if door in DOORS else "",
        person=asked.text(request, "personne"),
        service=asked.text(request, "service"),
        first_day=_day(request, "du"),
        last_day=_day(request, "au"),
    )


def of_service(found: Asked, reference: str) -> Asked:
    return replace(found, service=reference)


def of_person(found: Asked, customer_id: str) -> Asked:
    return replace(found, person=customer_id)


def _day(request: HttpRequest, name: str) -> date | None:
    typed = asked.text(request, name)
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise Malformed(field=name, why=N_("it must be a date, such as 2026-03-02")) from None
    if not 2000 <= day.year < 2200:
        raise Malformed(field=name, why=N_("it must be a date, such as 2026-03-02"))
    return day


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
