"""Who may not, and what cannot be read."""

from datetime import datetime

from linekey.domain.errors.refusal import N_, Nature, Refusal


class NotFound(Refusal):
    """Unknown and not-yours are the same answer (law 11)."""

    code = "not_found"
    nature = Nature.MISSING
    sentence = N_("There is nothing under this reference among what you can see.")
    next_step = N_("Check the reference, or pick the service from your list.")


class NotAllowed(Refusal):
    code = "not_allowed"
    nature = Nature.FORBIDDEN
    sentence = N_("Your role does not include this action.")
    next_step = N_("Ask the administrator of your organisation.")


class StepUpNeeded(Refusal):
    code = "step_up_needed"
    nature = Nature.FORBIDDEN
    sentence = N_("This action needs a recent proof that it is you.")
    next_step = N_("Type your password again, then repeat the action.")


class TooManyAttempts(Refusal):
    """Said of what was typed and of where it came from, never of an account (law 7)."""

    code = "too_many_attempts"
    nature = Nature.SHUT
    sentence = N_("Too many attempts failed. Nothing is accepted here until %(until)s.")
    next_step = N_(
        "Wait until then. A passkey, or a browser you chose to trust, still lets you in; so does a new "
        "password by “Lost password”."
    )

    def __init__(self, until: datetime) -> None:
        super().__init__(until=until)
        self.until = until


class Malformed(Refusal):
    """Input that cannot be read at all; `field` names it and `why` says what is wrong."""

    code = "malformed"
    nature = Nature.UNREADABLE
    sentence = N_("The value of “%(field)s” cannot be read: %(why)s.")
    next_step = N_("Correct it and send again.")
