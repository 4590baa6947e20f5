"""Support cases in plain words, for applicants and agents alike: situations, effects, files, periods."""

from collections.abc import Iterable

from django.utils.translation import gettext, gettext_noop, ngettext

from linekey.domain.cases import CaseEffect, CaseKind, CaseState, Failure
from linekey.domain.files import JPEG, PDF, PNG

KINDS = {
    CaseKind.DEAD_MAILBOX_WITH_BACKUP: gettext_noop("Main mailbox lost, backup address alive"),
    CaseKind.DEAD_MAILBOX: gettext_noop("No mailbox of the account can be read"),
    CaseKind.FACTOR_LOST: gettext_noop("Phone or security key lost"),
    CaseKind.WRONG_EMAIL: gettext_noop("Wrong e-mail on the account"),
    CaseKind.ANSWERS_LOST: gettext_noop("Security answer forgotten"),
}
STATES = {
    CaseState.OPEN: ("info", gettext_noop("Received")),
    CaseState.REVIEW: ("info", gettext_noop("Being checked")),
    CaseState.ASKING: ("warning", gettext_noop("Waiting for the applicant")),
    CaseState.PROPOSED: ("warning", gettext_noop("Second agent wanted")),
    CaseState.WAITING: ("warning", gettext_noop("Decided, waiting")),
    CaseState.DONE: ("success", gettext_noop("Carried out")),
    CaseState.REFUSED: ("danger", gettext_noop("Turned down")),
    CaseState.STOPPED: ("danger", gettext_noop("Stopped by the owner")),
    CaseState.WITHDRAWN: ("neutral", gettext_noop("Withdrawn")),
}
EFFECTS = {
    CaseEffect.REPLACE_EMAIL: gettext_noop("Replace the main e-mail by the applicant's address"),
    CaseEffect.PROMOTE_BACKUP: gettext_noop("Make the backup e-mail the main one"),
    CaseEffect.FACTOR_OFF: gettext_noop("Turn two-step verification off"),
    CaseEffect.CLEAR_QUESTION: gettext_noop("Remove the security question"),
}
FOLLOWING = {
    CaseEffect.REPLACE_EMAIL: gettext_noop("The address of the account is replaced by the applicant's."),
    CaseEffect.PROMOTE_BACKUP: gettext_noop(
        "The backup e-mail becomes the main one. A new backup address is asked for at the next sign-in."
    ),
    CaseEffect.FACTOR_OFF: gettext_noop(
        "Applications, keys and recovery codes are removed: the password alone opens the account, until new "
        "ones are set up."
    ),
    CaseEffect.CLEAR_QUESTION: gettext_noop("The security question is no longer asked."),
}
"""What an effect means once it is carried out."""
FAILURES = {
    Failure.ADDRESS_TAKEN: gettext_noop("Meanwhile the new address came into use by another account."),
    Failure.BACKUP_CHANGED: gettext_noop("Meanwhile the backup address of the account was changed."),
}
TYPES = {PDF: "PDF", JPEG: "JPEG", PNG: "PNG"}


def kind_name(kind: CaseKind) -> str:
    return gettext(KINDS[kind])


def state_badge(state: CaseState) -> tuple[str, str]:
    """Tone and word."""
    tone, word = STATES[state]
    return tone, gettext(word)


def effect_name(effect: CaseEffect) -> str:
    return gettext(EFFECTS[effect])


def following(effects: Iterable[CaseEffect]) -> list[str]:
    return [gettext(FOLLOWING[effect]) for effect in effects]


def failure_told(failure: Failure | None) -> str:
    return gettext(FAILURES[failure]) if failure else ""


def file_type(media_type: str) -> str:
    return TYPES.get(media_type, media_type)


def hours_told(hours: int) -> str:
    """« 48 heures »."""
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
