"""How a new password takes the place of the old one: the choice as it is drawn, and as it was sent (NEW-1).

Where there is no choice it says why. Decides nothing: what may be chosen, and what happens to whoever does
not choose, come with the page.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from linekey.domain.errors import Malformed
from linekey.domain.kinds import SIP_LINE, Mode
from linekey.records.pages import Offer, WhyNot
from linekey.web.wording import N_, deadline


@dataclass(frozen=True)
class Way:
    """One of the two."""

    code: str
    title: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Choice:
    ways: tuple[Way, ...]
    """None where there is nothing to choose."""
    reason: str
    """Why not, in one sentence; empty where there is."""

    @property
    def free(self) -> bool:
        return bool(self.ways)


def choice_of(offer: Offer, kind: str, now: datetime, request: HttpRequest | None = None) -> Choice:
    """`request` may have chosen already: a form that comes back, or a link that leads to one of the two."""
    sip = kind == SIP_LINE.code
    if offer.why_not is not None:
        return Choice((), _reason(offer.why_not, sip=sip))
    chosen = (_asked(request) if request else None) or offer.default
    leaked = _("Choose this if the password may have leaked.")
    texts = {
        Mode.GRACE: (
            _("Without outage"),
            _(
                "The old password works until the new one is first used, at the latest until %(until)s. "
                "Nobody is cut off."
            )
            % {"until": deadline(now + offer.lasts)},
        ),
        Mode.IMMEDIATE: (_("Cut now"), f"{_cut(sip=sip)} {leaked}"),
    }
    return Choice(tuple(Way(mode.value, *texts[mode], chosen=mode is chosen) for mode in texts), "")


def mode_of(request: HttpRequest) -> Mode | None:
    """What was chosen; None where nothing was, which leaves it to the policy. Raises Malformed."""
    typed = request.POST.get("mode", "")
    if not typed:
        return None
    try:
        return Mode(typed)
    except ValueError:
        raise Malformed(field="mode", why=N_("it is none of the values this may have")) from None


def _asked(request: HttpRequest) -> Mode | None:
    typed = request.POST.get("mode") or request.GET.get("mode", "")
    return Mode(typed) if typed in set(Mode) else None


def _cut(*, sip: bool) -> str:
    if sip:
        return _(
            "The old password is refused at once and the registrations made with it are dropped: the line is "
            "interrupted until the phone has the new one."
        )
    return _(
        "The old password is refused at once and the session in progress is cut: the access is interrupted "
        "until the box has the new one."
    )


def _reason(why_not: WhyNot, *, sip: bool) -> str:
    if why_not is WhyNot.NOTHING_OLD:
        return _("There is nothing to choose: the network accepts no password now, so none is kept or cut.")
    if why_not is WhyNot.UNKNOWN_OLD:
        return _(
            "There is nothing to choose: the password was there before this portal, and only the RADIUS "
            "server knows it. The new one takes its place at once."
        )
    if sip:
        return _(
            "There is nothing to choose: the registrar of this line accepts one password at a time, so the "
            "old one cannot be kept for a while."
        )
    return _(
        "There is nothing to choose: the RADIUS server of this access accepts one password at a time, so the "
        "old one cannot be kept for a while."
    )
