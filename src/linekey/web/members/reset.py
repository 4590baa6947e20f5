"""A member's password, replaced and learnt by nobody here: by a link, or a drawn one in a mail (TEAM-2).

A member who never activated their account is sent the link that does.
"""

from collections.abc import Mapping

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_http_methods

from linekey.domain.access import Action
from linekey.domain.errors import AccountNotOpen, PolicyForbids
from linekey.domain.members import TEMPORARY_LASTS
from linekey.domain.policy import MemberReset
from linekey.domain.recovery import LASTS, Purpose
from linekey.records.pages import MemberPage
from linekey.usecases import reset_member
from linekey.web import notices
from linekey.web.components import operation
from linekey.web.members.ready import ask, ready
from linekey.web.session import SignedInRequest, to
from linekey.web.staff.doors import desk_only

HOURS = TEMPORARY_LASTS.total_seconds() // 3600


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def by_link(request: SignedInRequest, customer_id: str) -> HttpResponseBase:
    member = able(request, customer_id, MemberReset.LINK)
    return _page(request, member, MemberReset.LINK, _linked(member))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def by_mail(request: SignedInRequest, customer_id: str) -> HttpResponseBase:
    member = able(request, customer_id, MemberReset.MAIL)
    told = {
        "title": _("Mail a temporary password"),
        "consequences": [
            _("A password is drawn at random and mailed to %(address)s. You do not see it.")
            % {"address": member.row.email},
            _("Once the mail server has taken the mail, the old one is refused and every session ends."),
            temporary(),
            _("The second factor stays as it is."),
        ],
        "button": _("Mail the password"),
        "tone": "danger",
    }
    return _page(request, member, MemberReset.MAIL, told)


def able(request: SignedInRequest, customer_id: str, way: MemberReset) -> MemberPage:
    """Raises what `ready` does, and what the desk would: PolicyForbids, AccountNotOpen."""
    member = ready(request, customer_id, Action.RESET_MEMBER)
    if way not in member.resets:
        raise PolicyForbids()
    if member.row.disabled_for is not None or not (member.row.activated or way is MemberReset.LINK):
        raise AccountNotOpen()
    return member


def temporary() -> str:
    """What a password is worth that its owner did not choose."""
    told = ngettext(
        "It opens one page only, where they choose their own; after %(count)d hour it opens nothing.",
        "It opens one page only, where they choose their own; after %(count)d hours it opens nothing.",
        int(HOURS),
    )
    return told % {"count": int(HOURS)}


def _page(
    request: SignedInRequest, member: MemberPage, way: MemberReset, told: Mapping[str, object]
) -> HttpResponseBase:
    if request.method != "POST":
        return ask(request, member, told)
    reset_member.send(
        actor=request.actor,
        customer_id=member.row.customer_id,
        way=way,
        operation=operation.of(request),
        now=timezone.now(),
    )
    sent = gettext_noop("A mail is on its way to %(address)s.")
    follow = gettext_noop("If it does not arrive, check the address with them before you send another.")
    notices.leave(request, "success", sent, follow, address=member.row.email)
    return to("member", member.row.customer_id)


def _linked(member: MemberPage) -> Mapping[str, object]:
    address = {"address": member.row.email}
    if not member.row.activated:
        days = LASTS[Purpose.ACTIVATE].days
        lasts = ngettext("The link lasts %(count)d day.", "The link lasts %(count)d days.", days)
        return {
            "title": _("Send the activation link again"),
            "consequences": [
                _("A link is mailed to %(address)s, with which they choose their password.") % address,
                lasts % {"count": days},
            ],
            "button": _("Send the link"),
            "tone": "primary",
        }
    minutes = int(LASTS[Purpose.RECOVER].total_seconds() // 60)
    return {
        "title": _("Send a reset link"),
        "consequences": [
            _("A link is mailed to %(address)s. Nothing changes before it is opened.") % address,
            _("They choose the new password themselves; nobody else ever knows it."),
            ngettext(
                "The link works once, for %(count)d minute.",
                "The link works once, for %(count)d minutes.",
                minutes,
            )
            % {"count": minutes},
        ],
        "button": _("Send the link"),
        "tone": "primary",
    }
