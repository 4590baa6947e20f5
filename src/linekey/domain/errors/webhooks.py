"""Endpoints of the operator's own systems."""

from linekey.domain.errors.refusal import N_, Nature, Refusal


class WebhookSecretShown(Refusal):
    """The same request came twice: its secret was shown once and is gone (law 6)."""

    code = "webhook_secret_shown"
    nature = Nature.CONFLICT
    sentence = N_("This request was already carried out, and the secret it made was shown once.")
    next_step = N_("If you did not note the secret, renew it on the page of the webhook.")


class WebhookDisabled(Refusal):
    code = "webhook_disabled"
    nature = Nature.CONFLICT
    sentence = N_("This webhook is disabled: nothing is sent to it.")
    next_step = N_("Enable it first.")
