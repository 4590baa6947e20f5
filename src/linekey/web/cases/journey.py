"""How far a case is, as its applicant reads it: one sentence, what happens next, and a line of stages.

Tells nothing of the account: only what the applicant did, and what was decided about it (law 7).
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from linekey.domain.cases import IN_HAND, CaseState, CaseStepKind
from linekey.usecases.follow_case import FollowedCase
from linekey.web.components.case_words import failure_told
from linekey.web.templatetags.desk import moment

_ICONS = {"done": "check", "stopped": "close", "trouble": "clock"}


@dataclass(frozen=True)
class Stage:
    look: str
    """`done`, `running`, `pending`, `trouble` or `stopped`."""
    title: str
    text: str
    at: datetime | None = None

    @property
    def icon(self) -> str:
        return _ICONS.get(self.look, "")

    @property
    def aloud(self) -> str:
        return {
            "done": _("done"),
            "running": _("under way"),
            "trouble": _("waits for you"),
            "stopped": _("ended here"),
        }.get(self.look, _("to come"))


@dataclass(frozen=True)
class Telling:
    tone: str
    """`info`, `success`, `warning` or `danger`."""
    headline: str
    next: str


def wants_address(case: FollowedCase) -> bool:
    """Does the applicant have to say that the mailbox is theirs? An answer to what was asked says it too."""
    return case.state in IN_HAND - {CaseState.ASKING} and not case.contact_confirmed


def telling_of(case: FollowedCase) -> Telling:
    """Where it stands, and what happens next or is to be done."""
    if wants_address(case):
        return Telling(
            "warning",
            _("Support does not know yet that this address is yours."),
            _("Confirm it below. Your documents are checked meanwhile."),
        )
    return {
        CaseState.ASKING: Telling(
            "warning",
            _("Support asks you for something more."),
            _("Read it below and answer within thirty days, or the case closes by itself."),
        ),
        CaseState.WAITING: Telling(
            "success",
            _("It is decided in your favour."),
            _(
                "It takes effect %(at)s, unless an address of the account objects before. We write to you "
                "when it is done."
            )
            % {"at": moment(case.effective_at)},
        ),
        CaseState.DONE: Telling(
            "success",
            _("It is done."),
            _(
                "A link to choose a new password was mailed to the main address of the account. “Lost "
                "password” sends another."
            ),
        ),
        CaseState.REFUSED: Telling(
            "danger",
            _("Support could not do what you asked for."),
            failure_told(case.failure) or _("Why is written below. With better proofs, open a new case."),
        ),
        CaseState.STOPPED: Telling(
            "danger",
            _("The case was stopped: somebody who is reached through the account objected."),
            _("Nothing was changed. If the account is yours, call support."),
        ),
        CaseState.WITHDRAWN: Telling(
            "info",
            _("The case is closed: it was withdrawn, or nothing came for thirty days."),
            _("Nothing was changed. You can open a new one."),
        ),
    }.get(
        case.state,
        Telling(
            "info",
            _("Support is checking who you are."),
            _("You have nothing to do. We write to you when it is decided, or when something is missing."),
        ),
    )


def journey_of(case: FollowedCase) -> tuple[Stage, ...]:
    at = {step.kind: step.at for step in case.steps}
    decided, ended = at.get(CaseStepKind.DECIDED), case.state not in IN_HAND | {CaseState.PROPOSED}
    confirmed = "done" if case.contact_confirmed else "pending" if ended else "trouble"
    return (
        Stage("done", _("Received"), "", case.opened_at),
        Stage(confirmed, _("Your address confirmed"), "", at.get(CaseStepKind.CONFIRMED)),
        _checked(case, decided, ended),
        _waited(case, decided),
        Stage(
            "done" if case.state is CaseState.DONE else "pending",
            _("Carried out"),
            "",
            at.get(CaseStepKind.DONE),
        ),
    )


def _checked(case: FollowedCase, decided: datetime | None, ended: bool) -> Stage:
    title = _("Checked by support")
    if decided is not None:
        return Stage("done", title, "", decided)
    if ended:
        return Stage("stopped", title, "", case.changed_at)
    if case.state is CaseState.ASKING:
        return Stage("trouble", title, _("Something is missing: see above."))
    return Stage("running", title, _("Usually within a few working days."))


def _waited(case: FollowedCase, decided: datetime | None) -> Stage:
    title = _("Decided, and time to object")
    if case.state is CaseState.DONE:
        return Stage("done", title, _("Nobody objected."), case.effective_at)
    if decided is None:
        return Stage("pending", title, "")
    if case.state is CaseState.WAITING:
        return Stage("running", title, _("Takes effect %(at)s") % {"at": moment(case.effective_at)})
    return Stage("stopped", title, "", case.changed_at)
