"""Choose the language of pages and mails."""

from datetime import datetime

from django.db import transaction

from linekey.domain import languages
from linekey.domain.access import Actor, Door
from linekey.domain.errors import NotAllowed
from linekey.records import audit, find
from linekey.records.models import Person


def change(*, actor: Actor, language: str, now: datetime) -> None:
    """Raises NotAllowed, Malformed."""
    if actor.door is not Door.PORTAL:
        raise NotAllowed()
    languages.require_spoken(language)
    with transaction.atomic(durable=True):
        person = find.person(actor.person_id)
        Person.objects.filter(pk=person.pk).update(language=language)
        audit.write(action="person.language", now=now, actor=actor, person=person, language=language)
