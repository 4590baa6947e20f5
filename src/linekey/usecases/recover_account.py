"""Lost password (ACC-5, TEAM-7): ask by identifier, then by the link prove whatever the account asks for.

The link proves the mailbox, never the second factor. Nobody is signed in by it, and no factor is removed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from linekey.domain import questions, tally_keys
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import FlowOver, LinkNotValid, WrongAnswer
from linekey.domain.factors import Means
from linekey.domain.flows import OVER, FlowState, Visitor
from linekey.domain.identifiers import LONGEST
from linekey.domain.limits import ASKED_BY_NETWORK, SECOND_FACTOR
from linekey.domain.networks import network_of
from linekey.domain.password_rules import PRESETS, Rule, Verdict
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import audit, find, flows, outbox, tallies, tickets
from linekey.records.models import Flow, Person
from linekey.usecases import judge_secret, prove_factor
from linekey.usecases.end_access import end_access
from linekey.usecases.prove_factor import Proof
from linekey.usecases.tell_contacts import tell
from linekey.vault import check, seal


@dataclass(frozen=True)
class Invitation:
    """Whom the link belongs to, what it asks for now, and which rules the new password must meet."""

    customer_id: str
    language: str
    asks: FlowState
    """ANSWER, FACTOR or SECRET."""
    question: str
    """Code of the security question."""
    ways: tuple[Means, ...]
    flow: str
    conditions: tuple[Rule, ...]


def ask(*, identifier: str, extension: str = "", visitor: Visitor, now: datetime) -> None:
    """Always the same answer after the same work (law 7).

    Who it is, if anybody, is looked up by the worker. Raises TooManyAttempts, about the network alone.
    """
    tallies.require({tally_keys.asked(network_of(visitor.address)): ASKED_BY_NETWORK}, now=now)
    typed = {
        name: value.replace("\0", "").encode(errors="ignore").decode().strip()[:LONGEST]
        for name, value in (("identifier", identifier), ("extension", extension))
    }
    with transaction.atomic(durable=True):
        recover = Effect(EffectKind.RECOVER, message="reset_password", facts=typed)
        outbox.put([recover], plan=uuid4().hex, now=now)


def look(*, token: Secret, now: datetime) -> Invitation:
    """Consumes nothing, so that a mail scanner which follows the link harms nobody. Raises LinkNotValid."""
    person, flow = _found(token, now)
    asks = _asks(person, flow)
    return Invitation(
        customer_id=person.customer_id,
        language=person.language,
        asks=asks,
        question=person.question if asks is FlowState.ANSWER else "",
        ways=prove_factor.ways_of(person) if asks is FlowState.FACTOR else (),
        flow=flow.reference,
        conditions=PRESETS[find.policy_of(person.organisation).portal_rules],
    )


def answer(*, token: Secret, typed: Secret, visitor: Visitor, now: datetime) -> None:
    """The security question. The last wrong answer ends the flow, and the link with it.

    Raises LinkNotValid, FlowOver, WrongAnswer, TooManyAttempts.
    """
    person, flow = _opened(token, visitor, now)
    if flow.state != FlowState.ANSWER:
        raise FlowOver()
    left = flows.count_try(flow)
    # Counted per person too: a newer link must not bring new tries without end.
    tally = tally_keys.answer(person.pk)
    tallies.require({tally: SECOND_FACTOR}, now=now)
    if not check.password_matches(questions.key(typed), person.answer):
        with transaction.atomic(durable=True):
            audit.write(
                action="password.answer_refused", now=now, actor=None, person=person, address=visitor.address
            )
            if not left:
                flows.end(flow)
        raise WrongAnswer(left=left)
    with transaction.atomic(durable=True):
        tallies.forgive(tally)
        flows.move(flow, _after_answer(person), tries=0)


def prove(*, token: Secret, proof: Proof, visitor: Visitor, now: datetime) -> None:
    """The second factor, which a lost password does not replace. Raises LinkNotValid, FlowOver, WrongCode…"""
    _, flow = _opened(token, visitor, now)
    if flow.state != FlowState.FACTOR:
        raise FlowOver()
    prove_factor.prove(
        flow, proof, visitor=visitor, now=now, finish=lambda _: flows.move(flow, FlowState.SECRET)
    )


def ask_key(*, token: Secret, visitor: Visitor, now: datetime) -> dict[str, object]:
    """Options for a security key. Raises LinkNotValid, FlowOver."""
    _, flow = _opened(token, visitor, now)
    if flow.state != FlowState.FACTOR:
        raise FlowOver()
    return prove_factor.ask_key(flow)


def verdicts(*, token: Secret, candidate: Secret, now: datetime) -> list[Verdict]:
    """As `finish` will decide. Raises LinkNotValid, FlowOver."""
    person, flow = _found(token, now)
    if _asks(person, flow) is not FlowState.SECRET:
        raise FlowOver()
    return judge_secret.portal_verdicts(person, candidate)


def finish(*, token: Secret, new: Secret, visitor: Visitor, now: datetime) -> None:
    """Set the new password, end every session and link, tell every contact. A lock ends with it.

    Raises LinkNotValid, FlowOver, PasswordRefused.
    """
    person, flow = _opened(token, visitor, now)
    if flow.state != FlowState.SECRET:
        raise FlowOver()
    judge_secret.require_good(judge_secret.portal_verdicts(person, new))
    encoded = seal.encoded(new)
    with transaction.atomic(durable=True):
        # The person first, as every other change of an account does: two at once never wait for each other.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        tickets.consume(seal.digest(token), Purpose.RECOVER, now=now)
        flows.move(flow, FlowState.DONE)
        # The session stamp is derived from the hash, so every session would end with this line alone.
        own = {"must_change_password": False, "password_expires_at": None}
        Person.objects.filter(pk=person.pk).update(password=encoded, **own)
        end_access(person, keep=None, now=now)
        # Also what somebody who knew the old password used up of the owner's codes and tries.
        tallies.forgive(*tally_keys.spent_by_guessing(person.pk))
        audit.write(action="password.recovered", now=now, actor=None, person=person, address=visitor.address)
        tell(person, "password_changed", {}, now=now)


def _found(token: Secret, now: datetime) -> tuple[Person, Flow]:
    ticket = tickets.valid(seal.digest(token), Purpose.RECOVER, now=now)
    if ticket.flow is None or ticket.person is None or ticket.flow.state in OVER:
        raise LinkNotValid()
    return ticket.person, ticket.flow


def _opened(token: Secret, visitor: Visitor, now: datetime) -> tuple[Person, Flow]:
    """The flow, bound by the first form to the browser it comes from: the link alone opens nothing then."""
    person, flow = _found(token, now)
    browser = seal.digest(visitor.browser)
    if flow.state == FlowState.LINK:
        flows.move(flow, _first(person), browser=browser)
        flow.browser = browser
    if flow.browser != browser:
        raise FlowOver()
    return person, flow


def _asks(person: Person, flow: Flow) -> FlowState:
    state = FlowState(flow.state)
    return _first(person) if state is FlowState.LINK else state


def _first(person: Person) -> FlowState:
    asked = find.policy_of(person.organisation).security_question and bool(person.answer)
    return FlowState.ANSWER if asked else _after_answer(person)


def _after_answer(person: Person) -> FlowState:
    return FlowState.FACTOR if prove_factor.ways_of(person) else FlowState.SECRET
