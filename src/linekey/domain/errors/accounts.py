"""Signing in, getting back in, and keeping an account."""

from linekey.domain.errors.refusal import N_, Nature, Refusal


class WrongCredentials(Refusal):
    """One answer for unknown, disabled, ambiguous and mistyped alike (law 7)."""

    code = "wrong_credentials"
    nature = Nature.WRONG
    sentence = N_("We could not sign you in with these details.")
    next_step = N_(
        "Check your customer ID (or e-mail address, or phone number and extension) and password. If several "
        "accounts share your e-mail address, use the customer ID printed in every e-mail we send. "
        "After too many attempts an account is locked for one hour, and its owner is told by e-mail."
    )


class FlowOver(Refusal):
    """Expired, finished, replaced, tried too often, of another kind or browser: one answer (law 8)."""

    code = "flow_over"
    nature = Nature.OVER
    sentence = N_(
        "This step is over: it took too long, failed too often, or was finished or begun again elsewhere."
    )
    next_step = N_("Start again from the beginning.")


class WrongCode(Refusal):
    """`left` tries remain; used, expired and mistyped are one answer."""

    code = "wrong_code"
    nature = Nature.WRONG
    sentence = N_("This is not the right code, or it was already used.")
    next_step = N_("Type the newest code. Tries left: %(left)s.")


class WrongKey(Refusal):
    code = "wrong_key"
    nature = Nature.WRONG
    sentence = N_("This security key or passkey could not be accepted.")
    next_step = N_("Try again with a key registered here, or try another way.")


class WrongPassword(Refusal):
    """For somebody signed in, about their own password."""

    code = "wrong_password"
    nature = Nature.WRONG
    sentence = N_("This is not the password of your account.")
    next_step = N_("Type it again. If you lost it, sign out and use “Lost password”.")


class WrongPin(Refusal):
    code = "wrong_pin"
    nature = Nature.WRONG
    sentence = N_("This is not the PIN of your account.")
    next_step = N_("Type your PIN again. If you lost it, call support.")


class PinRefused(Refusal):
    code = "pin_refused"
    nature = Nature.UNFIT
    sentence = N_("A PIN has 6 to 10 digits, not all the same and not in a row.")
    next_step = N_("Choose another PIN.")


class WrongAnswer(Refusal):
    code = "wrong_answer"
    nature = Nature.WRONG
    sentence = N_("This is not the answer you gave.")
    next_step = N_("Type it again; capitals and accents do not matter. Tries left: %(left)s.")


class AddressRefused(Refusal):
    code = "address_refused"
    nature = Nature.UNFIT
    sentence = N_("This is not an e-mail address or a phone number we can write to.")
    next_step = N_("Check it: name@example.org, or a number such as +33 6 12 34 56 78.")


class NoSms(Refusal):
    code = "no_sms"
    nature = Nature.CONFLICT
    sentence = N_("No code can be sent by SMS for this account.")
    next_step = N_("Receive it by e-mail instead.")


class TooManyThings(Refusal):
    code = "too_many_things"
    nature = Nature.CONFLICT
    sentence = N_("You have as many of these as an account may have.")
    next_step = N_("Remove one you no longer use, then add the new one.")


class NeedsAFactor(Refusal):
    code = "needs_a_factor"
    nature = Nature.CONFLICT
    sentence = N_("Recovery codes complete a second factor, and you have none yet.")
    next_step = N_("Add an authenticator application or a security key first.")


class LinkNotValid(Refusal):
    """Unknown, used, expired, and made for another purpose are one answer (law 8)."""

    code = "link_not_valid"
    nature = Nature.OVER
    sentence = N_("This link is no longer valid: it was used, it expired, or it was replaced by a newer one.")
    next_step = N_("Ask for a new link.")
