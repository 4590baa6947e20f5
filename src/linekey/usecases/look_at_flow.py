"""What a flow asks for now, and what its page may show of whoever goes through it. Part of `prove_factor`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from linekey.domain.access import Actor
from linekey.domain.contacts import masked
from linekey.domain.errors import FlowOver
from linekey.domain.factors import Factor as Kind
from linekey.domain.factors import Means, latest, ways
from linekey.domain.flows import MOST_TRIES, FlowKind, FlowState, Visitor
from linekey.records import find, flows
from linekey.records.find import texts
from linekey.records.models import Factor, Flow, Person
from linekey.vault import seal


@dataclass(frozen=True)
class FlowPage:
    """A flow, as the page that asks for an answer shows it."""

    kind: FlowKind
    state: FlowState
    ways: tuple[Means, ...]
    """How it may be answered, the way used last first."""
    shown: Mapping[Means, str]
    """For mail and SMS: the address or number a code goes to, masked."""
    names: Mapping[Means, tuple[str, ...]]
    """For keys and applications: the names their owner gave them, the one used last first."""
    sent_by: Means | None
    """How the last code went out."""
    tries_left: int
    expires_at: datetime
    onward: str
    """Where the person wanted to go; a path of ours."""


def look(
    *, kind: FlowKind, reference: str, visitor: Visitor, now: datetime, actor: Actor | None = None
) -> FlowPage:
    """Changes nothing. Raises FlowOver: for an `actor`, also when another person began it in this browser."""
    flow = flows.current(kind, reference, browser=seal.digest(visitor.browser), now=now)
    if actor is not None and flow.person_id != actor.person_id:
        raise FlowOver()
    means, sent = means_of(flow), flow.facts.get("means")
    return FlowPage(
        kind=FlowKind(flow.kind),
        state=FlowState(flow.state),
        ways=means,
        shown={each: masked(_address(flow, each)) for each in means if each in (Means.MAIL, Means.SMS)},
        names={each: _names(flow, each) for each in means if each in (Means.KEY, Means.TOTP)},
        sent_by=Means(sent) if sent else None,
        tries_left=MOST_TRIES - flow.tries,
        expires_at=flow.expires_at,
        onward=flow.facts.get("onward", "/"),
    )


def _address(flow: Flow, means: Means) -> str:
    """Where the worker sends a code; see `enact.accounts.code`."""
    person = owner(flow)
    return str(flow.facts.get("new") or (person.phone if means is Means.SMS else person.email))


def _names(flow: Flow, means: Means) -> tuple[str, ...]:
    mine = Factor.objects.filter(person=flow.person, kind=means.value)
    return tuple(each.name for each in sorted(mine, key=lambda each: each.last_used_at or each.created_at))[
        ::-1
    ]


def ways_of(person: Person) -> tuple[Means, ...]:
    """The second factors to offer, last used first; none when the person has none."""
    rows = [(each.kind, each.last_used_at) for each in find.factors(person)]
    last = {Kind(kind): latest(at for each, at in rows if each == kind) for kind, _ in rows}
    return ways(last, find.count_live_codes(person)) if last else ()


def means_of(flow: Flow) -> tuple[Means, ...]:
    """What this flow takes now; nothing when it asks for something else. Raises FlowOver: it is nobody's."""
    if flow.state == FlowState.CHALLENGE:
        return (Means.KEY,)
    person = owner(flow)
    if flow.state == FlowState.FACTOR:
        return ways_of(person)
    if flow.state != FlowState.CODE:
        return ()
    if flow.kind == FlowKind.CONTACT:
        return (Means(flow.facts["means"]),)
    return (Means.MAIL, Means.SMS) if texts(person) else (Means.MAIL,)


def owner(flow: Flow) -> Person:
    """Whose flow it is. Raises FlowOver while nobody has said who they are."""
    if flow.person is None:
        raise FlowOver()
    return flow.person
