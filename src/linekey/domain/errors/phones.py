"""Plug & Phone handsets."""

from linekey.domain.errors.refusal import N_, Nature, Refusal


class NoPhone(Refusal):
    code = "no_phone"
    nature = Nature.CONFLICT
    sentence = N_("No handset of ours is set up for this line.")
    next_step = N_("Give the line a handset first.")


class HasPhone(Refusal):
    code = "has_phone"
    nature = Nature.CONFLICT
    sentence = N_("This line has a handset already (%(phone)s).")
    next_step = N_("Take it away first, then give the line the other one.")


class MacTaken(Refusal):
    """Of some line: which one is not told, it may be somebody else's (law 11)."""

    code = "mac_taken"
    nature = Nature.CONFLICT
    sentence = N_("A handset with this MAC address is set up for a line already.")
    next_step = N_("Check the label under the handset. If it is right, call support.")
