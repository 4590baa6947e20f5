"""Choose a security question and its answer, or do without, where the policy has them (TEAM-7)."""

from datetime import datetime

from django.db import transaction

from linekey.domain import access, questions
from linekey.domain.access import Actor
from linekey.domain.errors import NotAllowed
from linekey.domain.secret import Secret
from linekey.records import audit, find
from linekey.records.models import Person
from linekey.usecases.tell_contacts import tell
from linekey.vault import seal


def offered(*, actor: Actor) -> bool:
    return find.policy_of(find.person(actor.person_id).organisation).security_question


def set_question(*, actor: Actor, question: str, answer: Secret | None, now: datetime) -> None:
    """`question` is a code of `domain.questions`; without an answer the question goes, whatever the policy.

    Raises NotAllowed, StepUpNeeded, Malformed.
    """
    access.require_owner(actor, now)
    if answer is None:
        return _record(actor, "", "", now)
    if not offered(actor=actor):
        raise NotAllowed()
    person = find.person(actor.person_id)
    key = questions.require_good(question, answer, find.facts_of(person))
    _record(actor, question, seal.encoded(key), now)


def _record(actor: Actor, question: str, encoded: str, now: datetime) -> None:
    with transaction.atomic(durable=True):
        person = find.person(actor.person_id)
        if not person.question and not question:
            return
        Person.objects.filter(pk=person.pk).update(question=question, answer=encoded)
        done = "added" if question else "removed"
        audit.write(action=f"factor.{done}", now=now, actor=actor, person=person, what="question")
        tell(person, f"factor_{done}", {"what": "question", "label": ""}, now=now)
