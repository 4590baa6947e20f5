"""Effects on handsets: have one fetch its configuration, and see whether it came.

What it fetches is not made here: the password is drawn when it asks.
"""

from datetime import datetime, timedelta

from linekey.domain.phones_care import COMES_WITHIN
from linekey.enact.network import LONGEST_LOOK, sip_address
from linekey.enact.outside import Again, Done, Outcome, Outside, Skipped
from linekey.enact.versions import service_of
from linekey.records import phones
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, Service

SOONEST = timedelta(seconds=5)


def notify(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """Every registered device was asked. One that is away is asked when it is back. Raises Unreachable."""
    service = service_of(claimed)
    if (over := _over(claimed, service)) is not None:
        return over
    asked = outside.registrar(service.sip.element).check_sync(sip_address(service))
    if asked or now - claimed.created_at >= COMES_WITHIN:
        return Done({"asked": asked})
    return Again(_next_look(claimed, now), "")


def fetch(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """It came, or it did not within three days; whenever it comes, it is served all the same."""
    service = service_of(claimed)
    if (over := _over(claimed, service)) is not None:
        return over
    if now - claimed.created_at >= COMES_WITHIN:
        return Done({"fetched": False})
    return Again(_next_look(claimed, now), "")


def _over(claimed: Claimed, service: Service) -> Outcome | None:
    """The handset has fetched what this was about, or it is about something else by now."""
    version = CredentialVersion.objects.filter(service=service, plan=claimed.plan).first()
    if version is not None:
        return Done({"fetched": True, "at": version.created_at.isoformat()})
    phone = phones.of(service)
    return None if phone is not None and phone.asked_plan == claimed.plan else Skipped()


def _next_look(claimed: Claimed, now: datetime) -> datetime:
    """A fetch wakes this look at once; it is for what happens meanwhile."""
    return now + min(max(SOONEST, (now - claimed.created_at) / 4), LONGEST_LOOK)
