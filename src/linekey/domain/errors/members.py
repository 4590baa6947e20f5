"""Members of an organisation, and the policy they live under."""

from linekey.domain.errors.refusal import N_, Nature, Refusal


class NotOnYourself(Refusal):
    code = "not_on_yourself"
    nature = Nature.CONFLICT
    sentence = N_("This cannot be done to your own account from here.")
    next_step = N_("Use the pages of your own account, or ask another administrator.")


class OnlyByCase(Refusal):
    """The primary administrator's factors: a colleague must not take the company over (TEAM-6)."""

    code = "only_by_case"
    nature = Nature.CONFLICT
    sentence = N_("The second factor of a primary administrator is only removed by support, through a case.")
    next_step = N_("Have them open a case from “Help with signing in”; two agents decide on it.")


class AccountNotOpen(Refusal):
    code = "account_not_open"
    nature = Nature.CONFLICT
    sentence = N_("This account is not open: it is disabled, or its owner has not activated it yet.")
    next_step = N_("Enable it, or send the activation link again.")


class PolicyForbids(Refusal):
    code = "policy_forbids"
    nature = Nature.CONFLICT
    sentence = N_("The policy of this organisation does not allow this.")
    next_step = N_("Use one of the ways offered on the page, or have the policy changed.")


class MustChangePassword(Refusal):
    """Somebody else drew or typed the password: it opens nothing but the page that replaces it (TEAM-2)."""

    code = "must_change_password"
    nature = Nature.FORBIDDEN
    sentence = N_("Your password was set for you, and must be replaced by one that only you know.")
    next_step = N_("Choose a new password; then everything is open again.")
