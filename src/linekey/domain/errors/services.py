"""Credentials of services, and what becomes of a change."""

from collections.abc import Sequence

from linekey.domain.errors.access import TooManyAttempts
from linekey.domain.errors.refusal import N_, Nature, Refusal


class PasswordRefused(Refusal):
    """The proposed secret breaks rules; `broken` holds them, each saying how to satisfy it."""

    code = "password_refused"
    nature = Nature.UNFIT
    sentence = N_("This password does not meet the conditions.")
    next_step = N_("Correct the conditions marked below.")

    def __init__(self, broken: Sequence[object]) -> None:
        super().__init__()
        self.broken = tuple(broken)


class ManagedByPhone(Refusal):
    code = "managed_by_phone"
    nature = Nature.CONFLICT
    sentence = N_("This line has a Plug & Phone handset (%(phone)s), which receives its password by itself.")
    next_step = N_("There is nothing to type. If the handset no longer works, reset the handset instead.")


class ServiceNotActive(Refusal):
    code = "service_not_active"
    nature = Nature.CONFLICT
    sentence = N_("This service is not active, so its credentials cannot be changed.")
    next_step = N_("Contact support to have the service reactivated.")


class NoContact(Refusal):
    code = "no_contact"
    nature = Nature.CONFLICT
    sentence = N_("This service has no contact to write to.")
    next_step = N_("Reset the password instead: it is shown to you once.")


class VerbNotOffered(Refusal):
    code = "verb_not_offered"
    nature = Nature.CONFLICT
    sentence = N_("This action does not exist for this kind of service.")
    next_step = N_("Use one of the actions offered on the page of the service.")


class GraceNotOffered(Refusal):
    """Both passwords at once were asked for where that cannot be."""

    code = "grace_not_offered"
    nature = Nature.CONFLICT
    sentence = N_("The old password cannot be kept for a while here.")
    next_step = N_("Choose to have it refused at once: whoever is connected is cut off.")


class GraceOver(Refusal):
    """There is no old password to cut: it was retired meanwhile, or none was kept."""

    code = "grace_over"
    nature = Nature.CONFLICT
    sentence = N_("The old password is refused already: there is nothing to cut.")
    next_step = N_("Reload the page of the service to see where the change stands.")


class AlreadyShown(Refusal):
    """The same operation id came twice: the secret was shown once and is gone (law 6)."""

    code = "already_shown"
    nature = Nature.CONFLICT
    sentence = N_("This password was already shown once, and cannot be shown again.")
    next_step = N_("If you did not note it, reset it again.")


class ModemResetTooOften(TooManyAttempts):
    """A modem which restarts over and over must not flood a mailbox; not before `until`."""

    code = "modem_reset_too_often"
    sentence = N_("The modem of this access was reset too often: no credentials are renewed until %(until)s.")
    next_step = N_(
        "Check the modem. Whoever is beside it can have a new password shown on the page of the access."
    )


class NoPdf(Refusal):
    """This server lacks the libraries which draw a PDF."""

    code = "no_pdf"
    nature = Nature.CONFLICT
    sentence = N_("The PDF cannot be made now.")
    next_step = N_("Print the page of the sheet instead: it says the same.")


class SettingNotOffered(Refusal):
    """Nothing of this name can be set here: unknown, contracted, or not of this kind of licence."""

    code = "setting_not_offered"
    nature = Nature.CONFLICT
    sentence = N_("The setting “%(field)s” cannot be set on this service.")
    next_step = N_("Use one of the settings offered on the page of the service.")


class ChangedMeanwhile(Refusal):
    """Another's change came between looking and changing: it is told, not overwritten.

    `setting` is the code of what `field` names in words.
    """

    code = "changed_meanwhile"
    nature = Nature.CONFLICT
    sentence = N_("Somebody else changed “%(field)s” meanwhile: it is now “%(current)s”.")
    next_step = N_("Look at it as it is now, and change it again if that is still needed.")


class NotWaiting(Refusal):
    code = "not_waiting"
    nature = Nature.CONFLICT
    sentence = N_("This step is no longer blocked: someone acted on it, or it went through.")
    next_step = N_("Reload the page to see where it stands.")
