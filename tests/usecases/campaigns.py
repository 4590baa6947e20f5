"""Lines that are live, a campaign over them, and time that goes by for both."""

from datetime import datetime, timedelta

from linekey.domain.campaigns import Brake, CampaignMode, HandOver, Orders, Pace
from linekey.domain.kinds import SIP_LINE
from linekey.domain.secret import Secret
from linekey.network.ports import SipAddress, SipEntry
from linekey.records import search
from linekey.records.models import Campaign, CredentialVersion, Organisation, Person, Service, SipLine
from linekey.records.search_words import Filters
from linekey.usecases import advance_campaign, start_campaign
from linekey.vault import seal
from linekey.vault.unseal import unseal_digests
from tests.build import REALM, REGISTRAR, actor
from tests.hands import Hands, work

OLD = Secret("Vieux-secret-9-fuite")
LEAKED = Filters(reference="0033979")
"""What `live_lines` are found by."""


def live_lines(
    organisation: Organisation, count: int, now: datetime, *, owner: Person | None = None
) -> list[Service]:
    """Made in a few statements; each accepts `OLD`, as far as our own records go."""
    services = Service.objects.bulk_create(
        Service(
            reference=f"0033979{number:06d}",
            kind=Service.Kind.SIP_LINE,
            name=f"Ligne {number}",
            organisation=organisation,
            path=organisation.path,
            owner=owner,
            created_at=now,
        )
        for number in range(count)
    )
    SipLine.objects.bulk_create(
        SipLine(service=each, username=each.reference, realm=REALM, element=REGISTRAR) for each in services
    )
    versions = [
        CredentialVersion(
            service=each,
            number=1,
            state="live",
            verb="reset",
            plan=f"old-{each.pk}",
            created_at=now,
            live_at=now,
        )
        for each in services
    ]
    for version in versions:
        version.sealed = seal.seal_credential(
            SIP_LINE, OLD, version.seal_place, username=version.service.reference, realm=REALM
        )
    CredentialVersion.objects.bulk_create(versions)
    search.index_missing()
    return services


def on_element(lines: list[Service], hands: Hands) -> None:
    """The registrar of `hands` accepts `OLD` for each."""
    entries = []
    for version in CredentialVersion.objects.filter(service__in=lines, number=1).select_related("service"):
        digests = unseal_digests(version.sealed, version.seal_place)
        address = SipAddress(version.service.reference, REALM)
        entries.append(SipEntry(address, digests["md5"], digests["md5_domain"]))
    hands.registrar.push(entries)


def orders(
    mode: CampaignMode = CampaignMode.IMMEDIATE,
    hand_over: HandOver = HandOver.FILE,
    *,
    pace: Pace | None = None,
    brake: Brake | None = None,
) -> Orders:
    return Orders(mode, hand_over, pace or Pace(rate=500), brake or Brake())


def started(
    who: Person,
    now: datetime,
    how: Orders | None = None,
    *,
    filters: Filters = LEAKED,
    operation: str = "operation-1",
) -> Campaign:
    reference = start_campaign.start(
        actor=actor(who, now),
        name="Fuite de mars",
        filters=filters,
        orders=how or orders(),
        operation=operation,
        now=now,
    )
    return Campaign.objects.get(reference=reference)


def step(campaign: Campaign, now: datetime) -> bool:
    more = advance_campaign.advance(campaign_id=campaign.pk, now=now)
    campaign.refresh_from_db()
    return more


def go_through(campaign: Campaign, hands: Hands, now: datetime, *, seconds: int = 60) -> datetime:
    """Second by second, as a worker would, until it ends by itself; when that was."""
    for second in range(1, seconds + 1):
        at = now + timedelta(seconds=second)
        while step(campaign, at):
            pass
        work(hands, at)
        if campaign.state not in ("drafted", "running") and not campaign.recorded:
            return at
    raise AssertionError(f"still {campaign.state}: {campaign.waiting} wait, {campaign.recorded} on the way")
