"""Every refusal a person can meet: a stable code, one sentence, and what to do next.

Sentences are English and are translated by the door that shows them; `%(name)s` places take
`values`. A code never changes once published: scripts and support articles rely on it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar


def N_(text: str) -> str:
    """Mark a sentence for translation without translating it: this room knows no language."""
    return text


class Refusal(Exception):
    """The desk said no, for a reason the person can understand and act on."""

    code: ClassVar[str]
    sentence: ClassVar[str]
    next_step: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.code)
        self.values = values


class NotFound(Refusal):
    """Unknown and not-yours are the same answer (law 11)."""

    code = "not_found"
    sentence = N_("There is nothing under this reference among what you can see.")
    next_step = N_("Check the reference, or pick the service from your list.")


class NotAllowed(Refusal):
    code = "not_allowed"
    sentence = N_("Your role does not include this action.")
    next_step = N_("Ask the administrator of your organisation.")


class StepUpNeeded(Refusal):
    code = "step_up_needed"
    sentence = N_("This action needs a recent proof that it is you.")
    next_step = N_("Type your password again, then repeat the action.")


class WrongCredentials(Refusal):
    """One answer for unknown, disabled, ambiguous and mistyped alike (law 7)."""

    code = "wrong_credentials"
    sentence = N_("We could not sign you in with these details.")
    next_step = N_(
        "Check your customer ID (or e-mail address, or phone number and extension) and password. If several "
        "accounts share your e-mail address, use the customer ID printed in every e-mail we send. "
        "After too many attempts an account is locked for one hour, and its owner is told by e-mail."
    )


class TooManyAttempts(Refusal):
    """Said of what was typed and of where it came from, never of an account (law 7)."""

    code = "too_many_attempts"
    sentence = N_("Too many attempts failed. Nothing is accepted here until %(until)s.")
    next_step = N_(
        "Wait until then. A passkey, or a browser you chose to trust, still lets you in; so does a new "
        "password by “Lost password”."
    )

    def __init__(self, until: datetime) -> None:
        super().__init__(until=until)
        self.until = until


class FlowOver(Refusal):
    """Expired, finished, replaced, tried too often, of another kind or browser: one answer (law 8)."""

    code = "flow_over"
    sentence = N_(
        "This step is over: it took too long, failed too often, or was finished or begun again elsewhere."
    )
    next_step = N_("Start again from the beginning.")


class WrongCode(Refusal):
    """`left` tries remain; used, expired and mistyped are one answer."""

    code = "wrong_code"
    sentence = N_("This is not the right code, or it was already used.")
    next_step = N_("Type the newest code. Tries left: %(left)s.")


class WrongKey(Refusal):
    code = "wrong_key"
    sentence = N_("This security key or passkey could not be accepted.")
    next_step = N_("Try again with a key registered here, or try another way.")


class WrongPassword(Refusal):
    """For somebody signed in, about their own password."""

    code = "wrong_password"
    sentence = N_("This is not the password of your account.")
    next_step = N_("Type it again. If you lost it, sign out and use “Lost password”.")


class WrongPin(Refusal):
    code = "wrong_pin"
    sentence = N_("This is not the PIN of your account.")
    next_step = N_("Type your PIN again. If you lost it, call support.")


class PinRefused(Refusal):
    code = "pin_refused"
    sentence = N_("A PIN has 6 to 10 digits, not all the same and not in a row.")
    next_step = N_("Choose another PIN.")


class WrongAnswer(Refusal):
    code = "wrong_answer"
    sentence = N_("This is not the answer you gave.")
    next_step = N_("Type it again; capitals and accents do not matter. Tries left: %(left)s.")


class AddressRefused(Refusal):
    code = "address_refused"
    sentence = N_("This is not an e-mail address or a phone number we can write to.")
    next_step = N_("Check it: name@example.org, or a number such as +33 6 12 34 56 78.")


class NoSms(Refusal):
    code = "no_sms"
    sentence = N_("No code can be sent by SMS for this account.")
    next_step = N_("Receive it by e-mail instead.")


class TooManyThings(Refusal):
    code = "too_many_things"
    sentence = N_("You have as many of these as an account may have.")
    next_step = N_("Remove one you no longer use, then add the new one.")


class NeedsAFactor(Refusal):
    code = "needs_a_factor"
    sentence = N_("Recovery codes complete a second factor, and you have none yet.")
    next_step = N_("Add an authenticator application or a security key first.")


class AccessKeyNotValid(Refusal):
    """Unknown, wrong, revoked, expired, from elsewhere, or of a disabled person: one answer."""

    code = "access_key_not_valid"
    sentence = N_("This access key or token is not valid.")
    next_step = N_(
        "Check both parts of the key, its expiry and the addresses it works from, or make a new one."
    )


class ScopeNotGranted(Refusal):
    code = "scope_not_granted"
    sentence = N_("This access key does not include this action.")
    next_step = N_("Make a key with the scope “%(scope)s”.")


class PasswordRefused(Refusal):
    """The proposed secret breaks rules; `broken` holds them, each saying how to satisfy it."""

    code = "password_refused"
    sentence = N_("This password does not meet the conditions.")
    next_step = N_("Correct the conditions marked below.")

    def __init__(self, broken: Sequence[object]) -> None:
        super().__init__()
        self.broken = tuple(broken)


class ManagedByPhone(Refusal):
    code = "managed_by_phone"
    sentence = N_("This line has a Plug & Phone handset (%(phone)s), which receives its password by itself.")
    next_step = N_("There is nothing to type. If the handset no longer works, reset the handset instead.")


class ServiceNotActive(Refusal):
    code = "service_not_active"
    sentence = N_("This service is not active, so its credentials cannot be changed.")
    next_step = N_("Contact support to have the service reactivated.")


class NoContact(Refusal):
    code = "no_contact"
    sentence = N_("This service has no contact to write to.")
    next_step = N_("Reset the password instead: it is shown to you once.")


class VerbNotOffered(Refusal):
    code = "verb_not_offered"
    sentence = N_("This action does not exist for this kind of service.")
    next_step = N_("Use one of the actions offered on the page of the service.")


class AlreadyShown(Refusal):
    """The same operation id came twice: the secret was shown once and is gone (law 6)."""

    code = "already_shown"
    sentence = N_("This password was already shown once, and cannot be shown again.")
    next_step = N_("If you did not note it, reset it again.")


class LinkNotValid(Refusal):
    """Unknown, used, expired, and made for another purpose are one answer (law 8)."""

    code = "link_not_valid"
    sentence = N_("This link is no longer valid: it was used, it expired, or it was replaced by a newer one.")
    next_step = N_("Ask for a new link.")


class NotWaiting(Refusal):
    code = "not_waiting"
    sentence = N_("This step is no longer blocked: someone acted on it, or it went through.")
    next_step = N_("Reload the page to see where it stands.")


class Malformed(Refusal):
    """Input that cannot be read at all; `field` names it and `why` says what is wrong."""

    code = "malformed"
    sentence = N_("The value of “%(field)s” cannot be read: %(why)s.")
    next_step = N_("Correct it and send again.")


class UnknownApplication(Refusal):
    code = "unknown_application"
    sentence = N_("This application key is invalid.")
    next_step = N_("Check the application key, or create an application.")


class UnknownConsumerKey(Refusal):
    code = "unknown_consumer_key"
    sentence = N_("This credential does not exist.")
    next_step = N_("Ask for a new consumer key.")


class ConsumerKeyNotValid(Refusal):
    """Pending, expired, refused, or used from an address it is not allowed from."""

    code = "consumer_key_not_valid"
    sentence = N_("This credential is not valid.")
    next_step = N_("Validate it in the browser, or ask for a new consumer key.")


class BadSignature(Refusal):
    code = "bad_signature"
    sentence = N_("Invalid signature.")
    next_step = N_("Sign method, full URL, body and timestamp exactly as they are sent.")


class CallOutOfTime(Refusal):
    code = "call_out_of_time"
    sentence = N_("Query out of time.")
    next_step = N_("Set the clock of the client from /auth/time.")


class CallNotGranted(Refusal):
    code = "call_not_granted"
    sentence = N_("This call has not been granted.")
    next_step = N_("Ask for a consumer key whose access rules cover this call.")
