"""The latest change of a service, step by step: what is true, what is missing, since when (NEW-2, NEW-4).

Decides the sentences and how often the page asks again. Reads `records.pages` values only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.utils.translation import gettext as _

from linekey.domain.effects import StepState
from linekey.domain.kinds import SIP_LINE
from linekey.records.pages import Progress, ServicePage, Step
from linekey.web.components import step_sentences

EAGER = timedelta(minutes=2)
"""How long after a change the page watches closely for the device."""


@dataclass(frozen=True)
class Line:
    """One step as drawn."""

    look: str
    """`done`, `running`, `pending`, `trouble` or `stopped`."""
    icon: str
    title: str
    text: str
    at: datetime | None
    detail: str
    """What the outside answered, word for word, for whoever looks after it."""


@dataclass(frozen=True)
class Story:
    headline: str
    tone: str
    next_step: str
    asked_at: datetime
    lines: tuple[Line, ...]
    wait: str
    """How long before the page asks again (`700ms`); empty once there is nothing left to learn."""

    @property
    def running(self) -> bool:
        return self.tone == "info" and bool(self.wait)

    @property
    def print(self) -> str:
        """Changes when the story does: an unchanged fragment is not sent, nor read aloud, again."""
        told = (self.headline, self.next_step, *((line.look, line.title, line.text) for line in self.lines))
        return sha256(repr(told).encode()).hexdigest()[:16]


def story(page: ServicePage, now: datetime) -> Story | None:
    """None when nothing was ever changed."""
    progress = page.progress
    if progress is None:
        return None
    sip = page.row.kind == SIP_LINE.code
    headline, tone, next_step = _headline(progress, sip)
    return Story(
        headline=headline,
        tone=tone,
        next_step=next_step,
        asked_at=progress.asked_at,
        lines=tuple(_line(step, page, progress, now) for step in progress.steps),
        wait=_wait(progress, now),
    )


def _line(step: Step, page: ServicePage, progress: Progress, now: datetime) -> Line:
    look = _look(step, progress)
    title, text = step_sentences.tell(step, page, look, now)
    return Line(
        look=look,
        icon={"done": "check", "trouble": "clock", "stopped": "close"}.get(look, ""),
        title=title,
        text=text,
        at=step.since if look in ("done", "stopped") else None,
        detail=step.trouble if look in ("trouble", "stopped") else "",
    )


def _look(step: Step, progress: Progress) -> str:
    match step.state:
        case StepState.DONE:
            return "trouble" if step_sentences.went_badly(step) else "done"
        case StepState.DEAD | StepState.ABANDONED:
            return "stopped"
        case StepState.BLOCKED | StepState.SKIPPED:
            return "pending"
        case _ if step.trouble:
            return "trouble"
    if step.kind == "watch":
        return "running" if progress.network_done else "pending"
    return "running" if step.state is StepState.CLAIMED else "pending"


def _watch(progress: Progress) -> Step | None:
    return next((step for step in progress.steps if step.kind == "watch"), None)


def _wait(progress: Progress, now: datetime) -> str:
    watch, close = _watch(progress), now - progress.asked_at < EAGER
    match progress.state:
        case "running":
            return "700ms" if close else "3s"
        case "waiting":
            return "1500ms" if close else "5s"
        case "blocked":
            return "10s"
    if watch and watch.state in (StepState.WAITING, StepState.CLAIMED):
        return "1s" if close else "5s"
    return ""


def _headline(progress: Progress, sip: bool) -> tuple[str, str, str]:
    """What happened, its tone, and what the person must do."""
    match progress.state:
        case "blocked":
            return (
                _("The change is stopped, and a technician must look at it."),
                "danger",
                _("Nothing more happens by itself. Call support, or wait: the technicians see it too."),
            )
        case "waiting":
            return (
                _("The change is under way, and something does not answer."),
                "warning",
                _("It is tried again by itself, and nothing is lost: you may close this page."),
            )
        case "running":
            return (
                _("The change is under way."),
                "info",
                _("It takes a few seconds: you may stay on this page."),
            )
    return _outcome(progress, sip)


def _outcome(progress: Progress, sip: bool) -> tuple[str, str, str]:
    kinds = {step.kind: step for step in progress.steps}
    if any(step.state is StepState.ABANDONED for step in progress.steps):
        pushed = "push" in kinds and kinds["push"].state is StepState.DONE
        stays = (
            _("The new password was on the network already: it stays in force.")
            if pushed
            else _("The previous password stays in force.")
        )
        return _("This change was given up by support."), "warning", stays
    if "invite" in kinds:
        told = _(
            "Open the link in the e-mail when the equipment is at hand: the password changes at that moment."
        )
        return _("A one-time link was sent."), "success", told
    if "retire" in kinds:
        return _("The network accepts no password for this service any more."), "success", ""
    watch = kinds.get("watch")
    if watch is None or watch.state is StepState.SKIPPED:
        return _("The change is done."), "success", ""
    if watch.state is not StepState.DONE:
        done = _("Done on the network. The old password is refused.")
        told = (
            _("Now put the new password in the phone or the softphone.")
            if sip
            else _("Now put the new password in the box or the router.")
        )
        return done, "success", told
    if watch.result.get("back"):
        return _("Done: the equipment is back with the new password."), "success", ""
    return (
        _("Done on the network, but the equipment has not come back."),
        "warning",
        _("Check that it has the new password, then restart it."),
    )
