"""Support cases: what somebody who cannot get back in may ask for, which proofs are enough, who decides.

Decides everything about a case but who works on it; never looks at a document or an account.
`docs/reference/support-cases.md` draws the moves, and a test compares the two.
"""

import unicodedata
from collections.abc import Collection, Iterable
from datetime import timedelta
from enum import StrEnum

from linekey.domain.access import Role
from linekey.domain.errors import N_, Malformed


class CaseKind(StrEnum):
    """What the applicant says has happened."""

    DEAD_MAILBOX_WITH_BACKUP = "dead_mailbox_with_backup"
    """The main address is dead, the backup address lives (ACC-6)."""
    DEAD_MAILBOX = "dead_mailbox"
    """No address of the account can be read any more (ACC-7)."""
    FACTOR_LOST = "factor_lost"
    """The phone or key of the second step is gone, and so are the recovery codes (ACC-8, TEAM-6)."""
    WRONG_EMAIL = "wrong_email"
    """The account was given a wrong address (TEAM-11)."""
    ANSWERS_LOST = "answers_lost"
    """The answer to the security question is forgotten (TEAM-11)."""


class CaseState(StrEnum):
    OPEN = "open"
    """Sent in; no agent has done anything yet."""
    REVIEW = "review"
    """Agents check the proofs."""
    ASKING = "asking"
    """The applicant is asked for more."""
    PROPOSED = "proposed"
    """One agent decided; another must agree."""
    WAITING = "waiting"
    """Decided. Every contact was told, and each may stop it until the period is over."""
    DONE = "done"
    REFUSED = "refused"
    """By an agent, or by the clock when the account changed so that it could not be carried out."""
    STOPPED = "stopped"
    """Somebody who is reached through the account said it was not them."""
    WITHDRAWN = "withdrawn"
    """By the applicant, or by silence when more was asked for."""


OVER = frozenset({CaseState.DONE, CaseState.REFUSED, CaseState.STOPPED, CaseState.WITHDRAWN})
IN_HAND = frozenset({CaseState.OPEN, CaseState.REVIEW, CaseState.ASKING})
"""Where proofs are checked, documents come in and a decision is proposed."""

_LEAVING = frozenset({CaseState.REFUSED, CaseState.WITHDRAWN})
MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: _LEAVING | {CaseState.REVIEW, CaseState.ASKING, CaseState.PROPOSED, CaseState.WAITING},
    CaseState.REVIEW: _LEAVING | {CaseState.ASKING, CaseState.PROPOSED, CaseState.WAITING},
    CaseState.ASKING: _LEAVING | {CaseState.REVIEW, CaseState.PROPOSED, CaseState.WAITING},
    CaseState.PROPOSED: _LEAVING | {CaseState.REVIEW, CaseState.WAITING},
    CaseState.WAITING: _LEAVING | {CaseState.DONE, CaseState.STOPPED},
    **{state: frozenset() for state in OVER},
}


class CaseEffect(StrEnum):
    """What a decision changes. None of them ever sets, shows or sends a password."""

    REPLACE_EMAIL = "replace_email"
    """The applicant's address becomes the main one (ACC-7, TEAM-11)."""
    PROMOTE_BACKUP = "promote_backup"
    """The verified backup address becomes the main one, and a new backup is demanded (ACC-6)."""
    FACTOR_OFF = "factor_off"
    """Second factors and recovery codes are removed (ACC-8, TEAM-6)."""
    CLEAR_QUESTION = "clear_question"
    """The security question is removed (TEAM-11)."""


OFFERED: dict[CaseKind, tuple[CaseEffect, ...]] = {
    CaseKind.DEAD_MAILBOX_WITH_BACKUP: (
        CaseEffect.PROMOTE_BACKUP,
        CaseEffect.FACTOR_OFF,
        CaseEffect.CLEAR_QUESTION,
    ),
    CaseKind.DEAD_MAILBOX: (
        CaseEffect.REPLACE_EMAIL,
        CaseEffect.PROMOTE_BACKUP,
        CaseEffect.FACTOR_OFF,
        CaseEffect.CLEAR_QUESTION,
    ),
    CaseKind.FACTOR_LOST: (CaseEffect.FACTOR_OFF,),
    CaseKind.WRONG_EMAIL: (CaseEffect.REPLACE_EMAIL, CaseEffect.CLEAR_QUESTION),
    CaseKind.ANSWERS_LOST: (CaseEffect.CLEAR_QUESTION,),
}
"""What may be decided in a case of each kind; the first is what the applicant asks for."""

MAILBOX = frozenset({CaseEffect.REPLACE_EMAIL, CaseEffect.PROMOTE_BACKUP})
"""They exclude each other."""


class Proof(StrEnum):
    CALL_BACK = "call_back"
    """A code sent to the verified number of the account was read back."""
    RECOVERY_CODE = "recovery_code"
    """A recovery code was read out; it is used up."""
    DOCUMENTS = "documents"
    """An agent read the documents, and they are the account's owner's."""
    EXTENSION = "extension"
    """The extension given is the one on the account. Colleagues know it: it never suffices alone."""


ENOUGH: dict[CaseEffect, tuple[frozenset[Proof], ...]] = {
    CaseEffect.PROMOTE_BACKUP: (
        frozenset({Proof.CALL_BACK}),
        frozenset({Proof.RECOVERY_CODE}),
        frozenset({Proof.DOCUMENTS}),
    ),
    CaseEffect.REPLACE_EMAIL: (
        frozenset({Proof.DOCUMENTS}),
        # A number behind an extension is shared: it is not called back, but its extension says something.
        frozenset({Proof.RECOVERY_CODE, Proof.EXTENSION}),
        frozenset({Proof.RECOVERY_CODE, Proof.CALL_BACK}),
    ),
    # No call-back: whoever stole the phone would answer it.
    CaseEffect.FACTOR_OFF: (frozenset({Proof.DOCUMENTS}), frozenset({Proof.RECOVERY_CODE})),
    CaseEffect.CLEAR_QUESTION: (
        frozenset({Proof.CALL_BACK}),
        frozenset({Proof.RECOVERY_CODE}),
        frozenset({Proof.DOCUMENTS}),
    ),
}
"""Sets of proofs, any one of which is enough for the effect."""


class CaseStepKind(StrEnum):
    """Lines of the case's own journal."""

    OPENED = "opened"
    CONFIRMED = "confirmed"
    """The applicant's mailbox answered."""
    DOCUMENTS_ADDED = "documents_added"
    ATTACHED = "attached"
    """An agent named the account it is about; what was proven before no longer counts."""
    CODE_SENT = "code_sent"
    PROOF = "proof"
    """Facts: `proof` and whether it `holds`, `yes` or `no`."""
    READ = "read"
    """An agent opened a document. Facts: `document`."""
    ASKED = "asked"
    ANSWERED = "answered"
    NOTED = "noted"
    """A word among agents, which the applicant never reads."""
    PROPOSED = "proposed"
    SENT_BACK = "sent_back"
    """The second agent disagreed, or the first thought again."""
    DECIDED = "decided"
    REFUSED = "refused"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """More was asked for, and nothing came."""
    DONE = "done"
    FAILED = "failed"
    """The account had changed meanwhile; nothing was done. Facts: `why`, a `Failure`."""
    PURGED = "purged"


TOLD = frozenset(
    {
        CaseStepKind.OPENED,
        CaseStepKind.CONFIRMED,
        CaseStepKind.DOCUMENTS_ADDED,
        CaseStepKind.ASKED,
        CaseStepKind.ANSWERED,
        CaseStepKind.DECIDED,
        CaseStepKind.REFUSED,
        CaseStepKind.STOPPED,
        CaseStepKind.WITHDRAWN,
        CaseStepKind.LAPSED,
        CaseStepKind.DONE,
        CaseStepKind.FAILED,
        CaseStepKind.PURGED,
    }
)
"""What the applicant sees, without facts: the others would tell whether the account exists (law 7)."""


class Failure(StrEnum):
    """Why a decision could not be carried out."""

    ADDRESS_TAKEN = "address_taken"
    """The new address belongs to another account by now."""
    BACKUP_CHANGED = "backup_changed"
    """The backup address is no longer the one that was decided about."""


class CaseLink(StrEnum):
    """What a link of a case is good for. One of a purpose is refused for any other (law 8)."""

    FOLLOW = "follow"
    STOP = "stop"


MOST_DOCUMENTS = 5
KEPT = timedelta(days=7)
"""Documents are purged this long after the end: who stopped a case, or was refused, may still object."""
FOLLOWED = timedelta(days=30)
"""The applicant's link still opens this long after the end."""
LAPSES = timedelta(days=30)
"""Asked for more, an applicant has this long to answer."""
CALL_TRIES = 5
LONGEST_STORY = 4000
LONGEST_WORDS = 500


def opposed(effects: Collection[CaseEffect], kind: CaseKind) -> bool:
    """Is this no decision at all: empty, not of this kind, or two new main addresses?"""
    return not effects or not set(effects) <= set(OFFERED[kind]) or set(effects) >= MAILBOX


def suffices(proofs: Collection[Proof], effects: Iterable[CaseEffect]) -> bool:
    """Are the proofs enough for all the effects together?

    Whoever is given both a mailbox and no second factor holds the account: that wants two proofs.
    """
    wanted = set(effects)
    held = set(proofs)
    if wanted & MAILBOX and CaseEffect.FACTOR_OFF in wanted and len(held) < 2:
        return False
    return all(any(ways <= held for ways in ENOUGH[effect]) for effect in wanted)


def needs_two(effects: Collection[CaseEffect], role: Role) -> bool:
    """Is it a decision for two agents? `role` is that of the account's owner.

    Everything but a lesser change of a subscriber's own account: an administrator's opens a company.
    """
    grave = {CaseEffect.REPLACE_EMAIL, CaseEffect.FACTOR_OFF} & set(effects)
    return bool(grave) or len(effects) > 1 or role is not Role.SUBSCRIBER


def words(typed: str, *, field: str, most: int, needed: bool = False) -> str:
    """What somebody wrote, without marks nobody sees but line breaks. Raises Malformed."""
    kept = "".join(c for c in typed if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()
    if len(kept) > most or (needed and not kept):
        raise Malformed(field=field, why=N_("it is empty, or too long"))
    return kept
