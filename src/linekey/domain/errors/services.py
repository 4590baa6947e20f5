"""Credentials of services, and what becomes of a change."""

from collections.abc import Sequence

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


class AlreadyShown(Refusal):
    """The same operation id came twice: the secret was shown once and is gone (law 6)."""

    code = "already_shown"
    nature = Nature.CONFLICT
    sentence = N_("This password was already shown once, and cannot be shown again.")
    next_step = N_("If you did not note it, reset it again.")


class NotWaiting(Refusal):
    code = "not_waiting"
    nature = Nature.CONFLICT
    sentence = N_("This step is no longer blocked: someone acted on it, or it went through.")
    next_step = N_("Reload the page to see where it stands.")
