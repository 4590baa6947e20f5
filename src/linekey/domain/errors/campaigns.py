"""Campaigns: thousands of services at once."""

from linekey.domain.errors.refusal import N_, Nature, Refusal


class CampaignOver(Refusal):
    code = "campaign_over"
    nature = Nature.CONFLICT
    sentence = N_("This campaign is no longer where you saw it: somebody moved it on, or it has ended.")
    next_step = N_("Reload the page to see where it stands.")


class NobodyToRotate(Refusal):
    code = "nobody_to_rotate"
    nature = Nature.CONFLICT
    sentence = N_("None of these services would get a new password.")
    next_step = N_("Choose other services, or look at why these are left as they are.")


class NothingToTake(Refusal):
    """No secret waits for the file: none was drawn, all were taken, or their time is over."""

    code = "nothing_to_take"
    nature = Nature.CONFLICT
    sentence = N_("No new password is waiting to be taken.")
    next_step = N_("A file that was made before is listed on the page of the campaign while it is kept.")


class WeakPassphrase(Refusal):
    code = "weak_passphrase"
    nature = Nature.UNFIT
    sentence = N_("This passphrase is too easy to guess for a file which holds passwords.")
    next_step = N_("Take at least %(least)d characters, several words which do not belong together.")
