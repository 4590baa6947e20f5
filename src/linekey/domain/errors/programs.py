"""Programs: access keys, and the OVH dialect."""

from linekey.domain.errors.refusal import N_, Nature, Refusal


class AccessKeyNotValid(Refusal):
    """Unknown, wrong, revoked, expired, from elsewhere, or of a disabled person: one answer."""

    code = "access_key_not_valid"
    nature = Nature.UNKNOWN_CALLER
    sentence = N_("This access key or token is not valid.")
    next_step = N_(
        "Check both parts of the key, its expiry and the addresses it works from, or make a new one."
    )


class ScopeNotGranted(Refusal):
    code = "scope_not_granted"
    nature = Nature.FORBIDDEN
    sentence = N_("This access key does not include this action.")
    next_step = N_("Make a key with the scope “%(scope)s”.")


class UnknownApplication(Refusal):
    code = "unknown_application"
    nature = Nature.FORBIDDEN
    sentence = N_("This application key is invalid.")
    next_step = N_("Check the application key, or create an application.")


class UnknownConsumerKey(Refusal):
    code = "unknown_consumer_key"
    nature = Nature.FORBIDDEN
    sentence = N_("This credential does not exist.")
    next_step = N_("Ask for a new consumer key.")


class ConsumerKeyNotValid(Refusal):
    """Pending, expired, refused, or used from an address it is not allowed from."""

    code = "consumer_key_not_valid"
    nature = Nature.FORBIDDEN
    sentence = N_("This credential is not valid.")
    next_step = N_("Validate it in the browser, or ask for a new consumer key.")


class BadSignature(Refusal):
    code = "bad_signature"
    nature = Nature.UNREADABLE
    sentence = N_("Invalid signature.")
    next_step = N_("Sign method, full URL, body and timestamp exactly as they are sent.")


class CallOutOfTime(Refusal):
    code = "call_out_of_time"
    nature = Nature.UNREADABLE
    sentence = N_("Query out of time.")
    next_step = N_("Set the clock of the client from /auth/time.")


class CallNotGranted(Refusal):
    code = "call_not_granted"
    nature = Nature.FORBIDDEN
    sentence = N_("This call has not been granted.")
    next_step = N_("Ask for a consumer key whose access rules cover this call.")
