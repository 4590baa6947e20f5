"""How well an account is protected, as a person can act on it: four points, the action beside each.

A picture, not a judge: nothing is refused or allowed by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linekey.domain.factors import FEW_CODES
from linekey.records.pages import AccountPage


@dataclass(frozen=True)
class Point:
    tone: str
    """`success`, `warning`, or `neutral` for what cannot be done yet."""
    title: str
    sentence: str
    action: str
    address: str
    """Empty when there is nothing to do now."""

    @property
    def icon(self) -> str:
        return {"success": "check", "warning": "warning"}.get(self.tone, "dot")


@dataclass(frozen=True)
class Safety:
    points: Sequence[Point]

    @property
    def good(self) -> int:
        return sum(point.tone == "success" for point in self.points)

    @property
    def tone(self) -> str:
        return "success" if self.good == len(self.points) else "warning"

    @property
    def headline(self) -> str:
        left = len(self.points) - self.good
        if not left:
            return _("Your account is well protected.")
        told = ngettext(
            "One thing makes your account safer.", "%(count)d things make your account safer.", left
        )
        return told % {"count": left}


def safety_of(page: AccountPage) -> Safety:
    return Safety((_password(), _second_factor(page), _codes(page), _backup(page)))


def _password() -> Point:
    return Point(
        "success",
        _("Password"),
        _("It opens your account. Change it at once if somebody else may know it."),
        _("Change"),
        reverse("account-password"),
    )


def _second_factor(page: AccountPage) -> Point:
    title, address = _("Two-step verification"), reverse("account-two-step")
    if not page.factor_count:
        missing = _("Off: whoever learns your password can sign in.")
        return Point("warning", title, missing, _("Turn on"), address)
    told = ngettext(
        "On, with %(count)d device or key.", "On, with %(count)d devices or keys.", page.factor_count
    )
    return Point("success", title, told % {"count": page.factor_count}, _("Manage"), address)


def _codes(page: AccountPage) -> Point:
    title, address = _("Recovery codes"), reverse("account-codes")
    if not page.factor_count:
        later = _("They replace a lost phone or key. Turn two-step verification on first.")
        return Point("neutral", title, later, "", "")
    if not page.codes_left:
        missing = _("None: if you lose your phone or key, nothing else lets you in.")
        return Point("warning", title, missing, _("Generate"), address)
    told = ngettext("%(count)d code left.", "%(count)d codes left.", page.codes_left)
    tone = "warning" if page.codes_left <= FEW_CODES else "success"
    action = _("Generate") if tone == "warning" else _("Manage")
    return Point(tone, title, told % {"count": page.codes_left}, action, address)


def _backup(page: AccountPage) -> Point:
    title, address = _("Backup e-mail"), reverse("account-contacts")
    if page.backup_email and page.backup_verified:
        told = _("%(address)s receives what must reach you if your main mailbox is lost.")
        return Point("success", title, told % {"address": page.backup_email}, _("Manage"), address)
    missing = _("None: if your main mailbox is lost too, getting back in takes identity documents.")
    return Point("warning", title, missing, _("Add"), address)
