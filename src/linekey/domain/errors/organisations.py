"""Organisations of the tree."""

from linekey.domain.errors.refusal import N_, Nature, Refusal


class HasPrimaryAdministrator(Refusal):
    code = "has_primary_administrator"
    nature = Nature.CONFLICT
    sentence = N_("This organisation has a primary administrator already, and there is only one.")
    next_step = N_("Invite a company administrator instead, or change the role of whoever is primary now.")
