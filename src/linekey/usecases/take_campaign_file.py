"""Hand the new secrets of a campaign over to whoever made it: in files they alone can open, each secret once.

A secret waits sealed by us; taking the file encrypts all that wait to what the maker has, and deletes them
here. We cannot open the file either, so it may be fetched again while it is kept.
"""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.campaigns import KEPT
from linekey.domain.errors import N_, Malformed, NotAllowed, NotFound, NothingToTake, WeakPassphrase
from linekey.domain.secret import Secret
from linekey.records import audit, campaigns
from linekey.records.models import Campaign, CampaignFile, CampaignSecret
from linekey.usecases.judge_secret import common_passwords
from linekey.vault import handover
from linekey.vault.handover import Lock

LEAST, MOST = 16, 200
"""Characters of a passphrase."""
LONGEST_KEY = 1000
ABOVE = ("reference", "username", "domain", "state", "password")
AT_ONCE = 20_000
"""Secrets in one file: those beyond are in the next."""


def take(*, actor: Actor, reference: str, passphrase: Secret, now: datetime, public_key: str = "") -> str:
    """Name of the file, which `fetch` gives out. A public key of age or SSH stands for the passphrase.

    Raises NotFound, NotAllowed for anybody but the maker, StepUpNeeded, ScopeNotGranted, WeakPassphrase,
    Malformed, NothingToTake.
    """
    campaign = _own(actor, reference, now)
    lock = _lock(passphrase, public_key)
    waiting = CampaignSecret.objects.filter(line__campaign=campaign, made_at__gt=now - KEPT)
    known = waiting.select_related("line__service__sip", "line__service__ppp")
    rows = list(known.order_by("pk")[:AT_ONCE])
    if not rows:
        raise NothingToTake()
    # A passphrase takes seconds on purpose: nobody else waits for them.
    content = handover.locked(ABOVE, ((_cells(row), row.sealed, row.seal_place) for row in rows), lock)
    with transaction.atomic(durable=True):
        return _keep(actor, campaign, rows, content, now)


def fetch(*, actor: Actor, reference: str, file: str, now: datetime) -> bytes:
    """What `take` made, while it is kept. Raises NotFound, NotAllowed, StepUpNeeded, ScopeNotGranted."""
    campaign = _own(actor, reference, now)
    name = file if file.isascii() and file.isalnum() else ""
    row = campaign.files.filter(uid=name, made_at__gt=now - KEPT).first()
    if row is None:
        raise NotFound()
    return bytes(row.locked)


def _own(actor: Actor, reference: str, now: datetime) -> Campaign:
    access.require(actor, Action.RUN_CAMPAIGN, owner_id=None, now=now)
    campaign = campaigns.found(actor, reference)
    if campaign.made_by_id != actor.person_id:
        raise NotAllowed()
    return campaign


def _lock(passphrase: Secret, public_key: str) -> Lock:
    """A passphrase must stand against somebody who has the file and all the time there is."""
    if public_key:
        lock = handover.lock_of_key(public_key.strip()) if len(public_key) <= LONGEST_KEY else None
        if lock is None:
            raise Malformed(field="public_key", why=N_("it is no public key of age or SSH"))
        return lock
    clear = passphrase.reveal()
    easy = len(set(clear)) < LEAST // 2 or clear.casefold() in common_passwords()
    if easy or not LEAST <= len(clear) <= MOST:
        raise WeakPassphrase(least=LEAST)
    return handover.lock_of_passphrase(passphrase)


def _keep(actor: Actor, campaign: Campaign, rows: list[CampaignSecret], content: bytes, now: datetime) -> str:
    gone, _ = CampaignSecret.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if gone != len(rows):
        # Somebody took them in this very moment: theirs is the file, and the transaction is undone.
        raise NothingToTake()
    file = CampaignFile.objects.create(
        campaign=campaign, uid=uuid4().hex, locked=content, lines=gone, made_at=now
    )
    audit.write(
        action="campaign.file",
        now=now,
        actor=actor,
        organisation=campaign.made_by.organisation,
        campaign=campaign.reference,
        lines=str(gone),
    )
    return file.uid


def _cells(row: CampaignSecret) -> tuple[str, ...]:
    service = row.line.service
    if service.kind == service.Kind.SIP_LINE:
        return (service.reference, service.sip.username, service.sip.realm, row.line.state)
    return (service.reference, service.ppp.login, "", row.line.state)
