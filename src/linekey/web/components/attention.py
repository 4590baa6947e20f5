"""What needs attention, in words, with the one action beside it (NEW-11)."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linekey.domain.access import Actor, Role
from linekey.domain.attention import TABLE, Attention
from linekey.domain.kinds import HOSTED_PBX, SIP_LINE, Verb
from linekey.records.pages import AttentionRow
from linekey.web.templatetags.desk import number
from linekey.web.wording import until

SLUGS = {
    Attention.ATTACKED: "attaques",
    Attention.ELEMENT_DOWN: "equipements",
    Attention.SITE_BEHIND: "sites",
    Attention.STOPPED: "arrets",
    Attention.NOT_BACK: "absents",
    Attention.GRACE_ENDING: "echeances",
    Attention.NO_SECOND_FACTOR: "comptes",
    Attention.OUTDATED: "regles",
    Attention.OLD: "anciens",
    Attention.NEVER_USED: "inutilises",
}
"""The kinds in addresses."""
KINDS_BY_SLUG = {slug: what for what, slug in SLUGS.items()}


@dataclass(frozen=True)
class Item:
    tone: str
    subject: str
    where: str
    """Number and organisation; empty when the subject says it all."""
    kind: str
    sentence: str
    action: str
    address: str
    urgent: bool = False
    """The action itself is what stops it."""


def item_of(row: AttentionRow, actor: Actor, now: datetime) -> Item:
    tone, (action, address) = TABLE[row.what].tone, _action(row, actor)
    return Item(
        tone=tone,
        subject=_("Your account") if row.own else row.name or row.reference,
        where=_where(row, actor),
        kind=_(TABLE[row.what].title),
        sentence=_sentence(row, now),
        action=action,
        address=address,
        urgent=row.what is Attention.ATTACKED and Verb.RESET in row.actions,
    )


def counted(count: int, *, more: bool = False) -> str:
    """`1,000+` when there are more than were counted."""
    told = number_format(count, force_grouping=True)
    return f"{told}+" if more else told


def at_desk(actor: Actor) -> bool:
    """Does the actor look after services of others, on the pages of that side?"""
    return actor.is_staff or actor.role is Role.RESELLER


def service_address(actor: Actor, kind: str, reference: str) -> str:
    if kind == HOSTED_PBX.code:
        return reverse("staff-users", args=[reference])
    if at_desk(actor):
        return reverse("staff-service", args=[reference])
    return reverse("line-manage" if kind == SIP_LINE.code else "access", args=[reference])


def state_address(actor: Actor, kind: str, reference: str) -> str:
    """Where the network is asked what is connected."""
    if at_desk(actor):
        return reverse("staff-state", args=[reference])
    return reverse("line-state" if kind == SIP_LINE.code else "access-state", args=[reference])


def _where(row: AttentionRow, actor: Actor) -> str:
    if row.own or not (row.reference or row.customer_id):
        return ""
    organisation = row.organisation if actor.role is not Role.SUBSCRIBER else ""
    named = number(row.number) if row.number else row.reference or row.customer_id
    return " · ".join(part for part in (named, organisation) if part)


def _sentence(row: AttentionRow, now: datetime) -> str:
    ago = {"time": timesince(row.since, now, depth=1)}
    match row.what:
        case Attention.ATTACKED:
            return _attack(row)
        case Attention.ELEMENT_DOWN:
            return _("It has not been well for %(time)s: what waits for it waits.") % ago
        case Attention.SITE_BEHIND:
            return (
                _(
                    "It has been behind, away or silent for %(time)s: new passwords may be refused there, "
                    "old ones accepted."
                )
                % ago
            )
        case Attention.STOPPED:
            return _("Its last change is stopped: somebody must decide whether to try again.")
        case Attention.NOT_BACK:
            return _("The password changed, and no device has come back for %(time)s.") % ago
        case Attention.GRACE_ENDING:
            end = {"until": until(row.until or now)}
            return _("Nobody uses the new password yet: the old one is refused from %(until)s.") % end
        case Attention.NO_SECOND_FACTOR if row.own:
            return _("It opens with a password alone: add a second factor.")
        case Attention.NO_SECOND_FACTOR:
            return _("This account acts for others, and opens with a password alone.")
        case Attention.OUTDATED:
            return _("The password was chosen under weaker rules than those of today.")
        case Attention.NEVER_USED:
            return _("No device was ever seen with this password: put it in, or retire it.")
    return _("The password is old: it is time to renew it.")


def _attack(row: AttentionRow) -> str:
    tries = ngettext("%(count)s refused login", "%(count)s refused logins", row.count)
    sources = ngettext("from %(sources)s source", "from %(sources)s sources", row.sources)
    return _("%(tries)s in 24 hours, %(sources)s: somebody is guessing the password.") % {
        "tries": tries % {"count": counted(row.count)},
        "sources": sources % {"sources": counted(row.sources)},
    }


def _action(row: AttentionRow, actor: Actor) -> tuple[str, str]:
    """Its words and its address."""
    if row.what in (Attention.ELEMENT_DOWN, Attention.SITE_BEHIND):
        return _("See the element"), reverse("operations")
    if row.own:
        return _("Add a second factor"), reverse("account-two-step")
    if row.customer_id:
        return _("See the account"), reverse("member", args=[row.customer_id])
    own = service_address(actor, row.kind, row.reference)
    if row.what is Attention.ATTACKED and Verb.RESET in row.actions:
        return _("Cut now"), reverse("health-cut", args=[row.reference])
    if row.managed_phone:
        return _("Reset the handset"), reverse("line-phone-reset", args=[row.reference])
    if row.what is Attention.STOPPED:
        return (
            (_("See the steps"), reverse("operations")) if actor.is_staff else (_("Follow the change"), own)
        )
    if row.what in (Attention.OUTDATED, Attention.OLD):
        return _renew(row, actor, own)
    return (_("Follow the change") if row.what is Attention.GRACE_ENDING else _("See the service")), own


def _renew(row: AttentionRow, actor: Actor, own: str) -> tuple[str, str]:
    reference = [row.reference]
    if Verb.CHANGE in row.actions:
        return _("Renew"), reverse("line-password", args=reference)
    if at_desk(actor) and Verb.RESET in row.actions:
        return _("Renew"), reverse("staff-reset", args=reference)
    if Verb.SEND in row.actions:
        return _("Renew"), reverse("access-send", args=reference)
    return _("See the service"), own
