"""The latest change of a service, step by step: what is true, what is missing, since when (NEW-2, NEW-4).

Decides the sentences and how often the page asks again. Reads `records.pages` values only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from linekey.domain.effects import StepState
from linekey.domain.kinds import SIP_LINE
from linekey.records.pages import Progress, ServicePage, Step
from linekey.web.components import grace_sentences, headlines, step_sentences

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
    headline, tone, next_step = headlines.headline(page, progress, sip, now)
    return Story(
        headline=headline,
        tone=tone,
        next_step=next_step,
        asked_at=progress.asked_at,
        lines=tuple(_line(step, page, progress, now) for step in progress.steps),
        wait=_wait(progress, now),
    )


def _line(step: Step, page: ServicePage, progress: Progress, now: datetime) -> Line:
    look = _look(step, page, progress, now)
    title, text = step_sentences.tell(step, page, look, now)
    return Line(
        look=look,
        icon={"done": "check", "trouble": "clock", "stopped": "close"}.get(look, ""),
        title=title,
        text=text,
        at=step.since if look in ("done", "stopped") else None,
        detail=step.trouble if look in ("trouble", "stopped") else "",
    )


def _look(step: Step, page: ServicePage, progress: Progress, now: datetime) -> str:
    match step.state:
        case StepState.DONE:
            return "trouble" if step_sentences.went_badly(step) else "done"
        case StepState.DEAD | StepState.ABANDONED:
            return "stopped"
        case StepState.BLOCKED | StepState.SKIPPED:
            return "pending"
        case _ if step.trouble:
            return "trouble"
    if step.kind == "fetch":
        return "running"
    if step.kind == "watch":
        grace = step_sentences.kept(page)
        if grace and grace_sentences.is_late(grace, now):
            return "trouble"
        return "running" if progress.network_done else "pending"
    return "running" if step.state is StepState.CLAIMED else "pending"


def _watch(progress: Progress) -> Step | None:
    return next((step for step in progress.steps if step.kind in ("watch", "fetch")), None)


def _wait(progress: Progress, now: datetime) -> str:
    watch, gone = _watch(progress), now - progress.asked_at
    close = gone < EAGER
    match progress.state:
        case "running":
            return "700ms" if close else "3s"
        case "waiting":
            return "1500ms" if close else "5s"
        case "blocked":
            return "10s"
        case "expected":
            return "1500ms" if close else "30s"
        case "awaited" if gone > grace_sentences.LATE:
            return "30s"
    if watch and watch.state in (StepState.WAITING, StepState.CLAIMED):
        return "1s" if close else "5s"
    return ""
