"""The ways through an account, as one state machine: signing in, proving again, recovering, enrolling…

A flow is a row of the database: one person, one browser, one purpose, one expiry. Nothing of it lies in a
session, so that what one person began can never count for the next in the same browser. `flows.md` beside
this file draws the same machine, and a test compares the two.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from linekey.domain.secret import Secret


class FlowKind(StrEnum):
    SIGN_IN = "sign_in"
    STEP_UP = "step_up"
    """A recent proof of a factor, before a guarded action."""
    RECOVERY = "recovery"
    ENROLMENT = "enrolment"
    """A new factor is kept only once it has worked."""
    ACTIVATION = "activation"
    """An account is confirmed by its mailbox and gets its password."""
    CONTACT = "contact"
    """A new e-mail address or phone number is used only once it has answered."""


class FlowState(StrEnum):
    LINK = "link"
    """A link lies in a mailbox."""
    CHALLENGE = "challenge"
    """Any passkey of this desk may answer; who it is stands in the answer."""
    FACTOR = "factor"
    """A second factor is asked for."""
    CODE = "code"
    """A code was sent, and is asked for."""
    ANSWER = "answer"
    """The security question is asked."""
    SECRET = "secret"  # noqa: S105 - the name of a state
    """Everything is proven: a new password is asked for."""
    PROOF = "proof"
    """The new factor must work once."""
    DONE = "done"
    ENDED = "ended"
    """Given up, replaced, or tried too often."""


OVER = frozenset({FlowState.DONE, FlowState.ENDED})

STARTS: dict[FlowKind, frozenset[FlowState]] = {
    FlowKind.SIGN_IN: frozenset({FlowState.CHALLENGE, FlowState.FACTOR, FlowState.CODE}),
    FlowKind.STEP_UP: frozenset({FlowState.FACTOR}),
    FlowKind.RECOVERY: frozenset({FlowState.LINK}),
    FlowKind.ENROLMENT: frozenset({FlowState.PROOF}),
    FlowKind.ACTIVATION: frozenset({FlowState.LINK}),
    FlowKind.CONTACT: frozenset({FlowState.CODE}),
}
_MOVES: dict[FlowKind, dict[FlowState, frozenset[FlowState]]] = {
    FlowKind.SIGN_IN: {
        FlowState.CHALLENGE: frozenset({FlowState.DONE}),
        FlowState.FACTOR: frozenset({FlowState.DONE}),
        FlowState.CODE: frozenset({FlowState.DONE}),
    },
    FlowKind.STEP_UP: {FlowState.FACTOR: frozenset({FlowState.DONE})},
    FlowKind.RECOVERY: {
        FlowState.LINK: frozenset({FlowState.ANSWER, FlowState.FACTOR, FlowState.SECRET}),
        FlowState.ANSWER: frozenset({FlowState.FACTOR, FlowState.SECRET}),
        FlowState.FACTOR: frozenset({FlowState.SECRET}),
        FlowState.SECRET: frozenset({FlowState.DONE}),
    },
    FlowKind.ENROLMENT: {FlowState.PROOF: frozenset({FlowState.DONE})},
    FlowKind.ACTIVATION: {FlowState.LINK: frozenset({FlowState.DONE})},
    FlowKind.CONTACT: {FlowState.CODE: frozenset({FlowState.DONE})},
}
# Every flow can be given up, and dies of too many tries, wherever it stands.
MOVES: dict[FlowKind, dict[FlowState, frozenset[FlowState]]] = {
    kind: {state: onward | {FlowState.ENDED} for state, onward in moves.items()}
    for kind, moves in _MOVES.items()
}

LASTS: dict[FlowKind, timedelta] = {
    FlowKind.SIGN_IN: timedelta(minutes=10),
    FlowKind.STEP_UP: timedelta(minutes=10),
    FlowKind.RECOVERY: timedelta(hours=1),
    FlowKind.ENROLMENT: timedelta(minutes=30),
    FlowKind.ACTIVATION: timedelta(days=3),
    FlowKind.CONTACT: timedelta(minutes=10),
}
"""From the start to the end; a sent code never outlives ten minutes (OWASP ASVS 5.0, 6.5.5)."""

CODE_LASTS = timedelta(minutes=10)
MOST_TRIES = 5
"""Wrong answers which end a flow: sent codes of six digits are then guessed once in 200,000 flows."""


@dataclass(frozen=True)
class Visitor:
    """Whoever is at the other end, before we know who: every stranger's use-case takes one."""

    browser: Secret
    """A random name of this browser, which only it holds."""
    device: str
    """What the browser says it is; somebody else's words."""
    address: str
    """Where it comes from, IPv4 or IPv6 in text."""
