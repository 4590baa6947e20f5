"""The situations in which people ask support for help: what each is called, takes and is done faster by."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linekey.domain.cases import CaseKind


@dataclass(frozen=True)
class Situation:
    """Its sentences are translated when they are shown."""

    place: str
    """In the address."""
    kind: CaseKind
    icon: str
    title: Promise
    asked: Promise
    """What will be checked."""
    faster: Promise
    """What ends the trouble without a case; shown first."""


SITUATIONS = (
    Situation(
        "boite-perdue-avec-secours",
        CaseKind.DEAD_MAILBOX_WITH_BACKUP,
        "mail",
        _("I no longer read my main mailbox, but I do read my backup address"),
        _(
            "A code that we send to the phone number of the account while you are on the line with us, or "
            "one of your recovery codes, or identity documents."
        ),
        _("If you know your password, sign in and change the address yourself."),
    ),
    Situation(
        "boite-perdue",
        CaseKind.DEAD_MAILBOX,
        "mail",
        _("I read neither my main mailbox nor a backup address"),
        _("Identity documents; or a code on the phone number of the account and a second proof."),
        _("If you know your password, sign in and change the address yourself."),
    ),
    Situation(
        "telephone-perdu",
        CaseKind.FACTOR_LOST,
        "device",
        _("My phone or my security key is lost or stolen"),
        _("Identity documents. A call proves nothing here: whoever has the phone would answer it."),
        _("One of your recovery codes, another application, key or passkey signs you in at once."),
    ),
    Situation(
        "mauvaise-adresse",
        CaseKind.WRONG_EMAIL,
        "person",
        _("The e-mail address on the account is wrong, or somebody else's"),
        _("Your extension, and documents which show that the account or its line is yours."),
        _("An administrator of your organisation can have the invitation sent again."),
    ),
    Situation(
        "reponse-oubliee",
        CaseKind.ANSWERS_LOST,
        "lock",
        _("I no longer have the answer to my security question"),
        _(
            "A code that we send to the phone number of the account while you are on the line with us, or "
            "one of your recovery codes, or identity documents."
        ),
        _("The question is asked for a new password only: if you know your password, sign in and change it."),
    ),
)
BY_PLACE = {situation.place: situation for situation in SITUATIONS}
