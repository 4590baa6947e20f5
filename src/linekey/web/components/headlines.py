"""What a change says above its steps: what happened, and what the person must do (NEW-2, NEW-4)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from linekey.domain.effects import StepState
from linekey.records.pages import Progress, ServicePage
from linekey.web.components import grace_sentences, phone_sentences, step_sentences

LATE = timedelta(minutes=1)
"""A change which nothing hinders takes a second or two: after that something does not run."""


def headline(page: ServicePage, progress: Progress, sip: bool, now: datetime) -> tuple[str, str, str]:
    """The sentence, its tone, and what comes next."""
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
        case "running" if now - progress.asked_at > LATE:
            return (
                _("The change is taking longer than usual."),
                "warning",
                _(
                    "Nothing is lost: it goes on by itself, and you may close this page. If it lasts, call "
                    "support."
                ),
            )
        case "running":
            return (
                _("The change is under way."),
                "info",
                _("It takes a few seconds: you may stay on this page."),
            )
        case "expected":
            return phone_sentences.expected()
    pushed = any(step.kind == "push" and step.state is StepState.DONE for step in progress.steps)
    if pushed and (grace := step_sentences.kept(page)):
        return grace_sentences.headline(grace, now, sip=sip)
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
    if "fetch" in kinds and "push" not in kinds:
        return phone_sentences.never_came()
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
