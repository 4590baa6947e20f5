"""`/compte`: who the person is here, how well the account is protected, and a door to each page."""

from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from linekey.records import pages
from linekey.records.pages import AccountPage
from linekey.web.account.frame import frame
from linekey.web.account.safety import safety_of
from linekey.web.session import SignedInRequest, signed_in


@dataclass(frozen=True)
class Door:
    icon: str
    title: str
    sentence: str
    state: str
    address: str


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    found = pages.account(request.actor)
    shown = frame("account") | {"page": found, "safety": safety_of(found), "doors": _doors(found)}
    return render(request, "linekey/account/home.html", shown)


def _doors(found: AccountPage) -> list[Door]:
    sessions = ngettext("%(count)d open session", "%(count)d open sessions", found.session_count)
    keys = ngettext("%(count)d key", "%(count)d keys", found.key_count)
    return [
        Door(
            "key",
            _("Password and PIN"),
            _("What you sign in with, and what is asked when it changes."),
            _("PIN set") if found.has_pin else _("No PIN"),
            reverse("account-password"),
        ),
        Door(
            "lock",
            _("Two-step verification"),
            _("Applications, security keys, passkeys, recovery codes."),
            _("On") if found.factor_count else _("Off"),
            reverse("account-two-step"),
        ),
        Door(
            "device",
            _("Sessions"),
            _("Where you are signed in, and the browsers you trust."),
            sessions % {"count": found.session_count},
            reverse("account-sessions"),
        ),
        Door(
            "mail",
            _("Contact details"),
            _("Where we write to you, and in which language."),
            found.email,
            reverse("account-contacts"),
        ),
        Door(
            "code",
            _("Access keys"),
            _("What your programs present to the API in your name."),
            keys % {"count": found.key_count} if found.key_count else _("No key"),
            reverse("account-keys"),
        ),
        Door(
            "list",
            _("Activity"),
            _("What was done with your account, when and from where."),
            "",
            reverse("account-activity"),
        ),
    ]
