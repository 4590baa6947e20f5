"""How whoever uses a line comes by its new secret: by a link, or in a file one person opens (NEW-6)."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.conf import settings
from django.utils import timezone

from linekey.domain.campaigns import KEPT, CampaignMode, HandOver, Reason
from linekey.domain.errors import (
    Malformed,
    NotAllowed,
    NotFound,
    NothingToTake,
    StepUpNeeded,
    WeakPassphrase,
)
from linekey.domain.kinds import PPPOE_ACCESS
from linekey.domain.secret import Secret
from linekey.records.models import (
    AuditEntry,
    CampaignFile,
    CampaignLine,
    CampaignSecret,
    CredentialVersion,
    OutboxEffect,
    Ticket,
)
from linekey.records.search_words import Filters
from linekey.usecases import purge_campaign, reveal_secret, take_campaign_file
from linekey.vault import handover, seal
from tests.build import Cast, actor, stale
from tests.hands import Hands, work
from tests.laws.test_law_5_secrets_stay_secret import everything_stored
from tests.usecases.campaigns import OLD, go_through, live_lines, on_element, orders, started, step

PASSPHRASE = Secret("huit chevaux mangent du foin")


def read(locked: bytes, identity: pyrage.x25519.Identity) -> list[dict[str, str]]:
    text = pyrage.decrypt(locked, [identity]).decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


# --- links -------------------------------------------------------------------------------------------------


def test_each_owner_gets_one_mail_with_a_link_and_nothing_else(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    lines = live_lines(cast.lumen, 2, now, owner=cast.ada)
    on_element(lines, hands)
    campaign = started(cast.chen, now, orders(CampaignMode.IMMEDIATE, HandOver.LINK))
    go_through(campaign, hands, now)
    assert campaign.done == 2
    assert len(hands.mail.mails) == 2 == Ticket.objects.filter(used_at=None).count()
    assert not CampaignSecret.objects.exists()
    assert not any(hands.registers(line, OLD.reveal()) for line in lines)


def test_the_link_draws_the_secret_its_owner_keeps(cast: Cast, hands: Hands) -> None:
    now = timezone.now()
    (line,) = live_lines(cast.lumen, 1, now, owner=cast.ada)
    on_element([line], hands)
    campaign = started(cast.chen, now, orders(CampaignMode.COMPROMISED, HandOver.LINK))
    end = go_through(campaign, hands, now)
    token = Secret(hands.mail.mails[0].written.text.split("/lien/")[1].split()[0])
    shown = reveal_secret.open_link(token=token, now=end).shown_once
    work(hands, end)
    assert shown is not None and hands.registers(line, shown.reveal())
    assert not hands.registers(line, OLD.reveal())


def test_a_mail_which_cannot_be_sent_cuts_nobody_and_is_told(cast: Cast, now: datetime, hands: Hands) -> None:
    (line,) = live_lines(cast.lumen, 1, now, owner=cast.ada)
    on_element([line], hands)
    campaign = started(cast.chen, now, orders(CampaignMode.IMMEDIATE, HandOver.LINK))
    hands.mail.rejecting = True
    go_through(campaign, hands, now)
    assert hands.registers(line, OLD.reveal())
    assert CampaignLine.objects.get().reason == Reason.REFUSED


def test_compromised_it_is_cut_all_the_same_and_the_owner_without_a_link_is_told_of(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    (line,) = live_lines(cast.lumen, 1, now, owner=cast.ada)
    on_element([line], hands)
    campaign = started(cast.chen, now, orders(CampaignMode.COMPROMISED, HandOver.LINK))
    hands.mail.rejecting = True
    go_through(campaign, hands, now)
    assert not hands.registers(line, OLD.reveal())
    assert (campaign.failed, CampaignLine.objects.get().reason) == (1, Reason.REFUSED)


def test_a_link_of_a_campaign_is_not_sent_over_a_newer_secret(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    (line,) = live_lines(cast.lumen, 1, now, owner=cast.ada)
    campaign = started(cast.chen, now, orders(CampaignMode.IMMEDIATE, HandOver.LINK))
    step(campaign, now)
    step(campaign, now + timedelta(seconds=1))
    CredentialVersion.objects.create(
        service=line, number=3, state="planned", verb="reset", plan="newer", created_at=now, sealed=b"x"
    )
    work(hands, now + timedelta(seconds=1))
    assert OutboxEffect.objects.get(kind="invite").state == "skipped" and not hands.mail.mails


# --- file --------------------------------------------------------------------------------------------------


def test_the_file_holds_the_secret_of_every_line_and_the_maker_alone_opens_it(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    lines = live_lines(cast.lumen, 3, now, owner=cast.ada)
    on_element(lines, hands)
    campaign = started(cast.chen, now)
    go_through(campaign, hands, now)
    assert not hands.mail.mails, "whoever takes the file tells the owners"
    mine = pyrage.x25519.Identity.generate()
    chen = actor(cast.chen, now)
    take: dict[str, Any] = {"actor": chen, "reference": campaign.reference, "now": now}
    file = take_campaign_file.take(passphrase=Secret(""), public_key=f" {mine.to_public()}\n", **take)
    locked = take_campaign_file.fetch(actor=chen, reference=campaign.reference, file=file, now=now)
    rows = {row["reference"]: row for row in read(locked, mine)}
    assert rows.keys() == {line.reference for line in lines}
    assert len({row["password"] for row in rows.values()}) == 3
    assert all(hands.registers(line, rows[line.reference]["password"]) for line in lines)
    with pytest.raises(pyrage.DecryptError):
        read(locked, pyrage.x25519.Identity.generate())
    assert not CampaignSecret.objects.exists()
    with pytest.raises(NothingToTake):
        take_campaign_file.take(passphrase=PASSPHRASE, **take)
    assert AuditEntry.objects.get(action="campaign.file").facts["lines"] == "3"


def test_a_passphrase_opens_it_and_accesses_stand_in_it_too(cast: Cast, now: datetime, hands: Hands) -> None:
    version = CredentialVersion(
        service=cast.access, number=1, state="live", verb="reset", plan="p", created_at=now, live_at=now
    )
    version.sealed = seal.seal_credential(PPPOE_ACCESS, OLD, version.seal_place, username="", realm="")
    version.save()
    campaign = started(cast.chen, now, filters=Filters(kind="pppoe_access"))
    go_through(campaign, hands, now)
    chen = actor(cast.chen, now)
    file = take_campaign_file.take(actor=chen, reference=campaign.reference, passphrase=PASSPHRASE, now=now)
    locked = take_campaign_file.fetch(actor=chen, reference=campaign.reference, file=file, now=now)
    text = pyrage.passphrase.decrypt(locked, PASSPHRASE.reveal()).decode()
    _, row = csv.reader(io.StringIO(text), delimiter=";")
    assert row[:4] == [cast.access.reference, cast.access.ppp.login, "", "done"]
    assert hands.logs_in(cast.access, row[4])


def test_nobody_but_the_maker_takes_it_and_only_after_a_proof(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    live_lines(cast.lumen, 1, now)
    campaign = started(cast.chen, now)
    go_through(campaign, hands, now)
    ask: dict[str, Any] = {"reference": campaign.reference, "passphrase": PASSPHRASE, "now": now}
    for person in (cast.olivia, cast.dina):
        with pytest.raises(NotAllowed):
            take_campaign_file.take(actor=actor(person, now), **ask)
    with pytest.raises(StepUpNeeded):
        take_campaign_file.take(actor=stale(actor(cast.chen)), **ask)
    for typed in ("0" * 32, "é" * 32, "../x"):
        with pytest.raises(NotFound):
            take_campaign_file.fetch(
                actor=actor(cast.chen, now), reference=campaign.reference, file=typed, now=now
            )


@pytest.mark.parametrize("typed", ["court", "a" * 40, "abcabcabcabcabcabc", "x" * 300])
def test_a_passphrase_which_is_easy_to_guess_is_refused(cast: Cast, now: datetime, typed: str) -> None:
    live_lines(cast.lumen, 1, now)
    campaign = started(cast.chen, now)
    with pytest.raises(WeakPassphrase):
        take_campaign_file.take(
            actor=actor(cast.chen, now), reference=campaign.reference, passphrase=Secret(typed), now=now
        )


@pytest.mark.parametrize("typed", ["age1nothing", "ssh-ed25519 AAAA", "\ud800", "x" * 2000])
def test_what_is_no_public_key_is_refused(cast: Cast, now: datetime, typed: str) -> None:
    live_lines(cast.lumen, 1, now)
    campaign = started(cast.chen, now)
    with pytest.raises(Malformed):
        take_campaign_file.take(
            actor=actor(cast.chen, now),
            reference=campaign.reference,
            passphrase=PASSPHRASE,
            public_key=typed,
            now=now,
        )


def test_of_two_who_take_at_once_one_gets_the_file(cast: Cast, now: datetime, hands: Hands) -> None:
    live_lines(cast.lumen, 2, now)
    campaign = started(cast.chen, now)
    go_through(campaign, hands, now)
    rows = list(CampaignSecret.objects.all())
    CampaignSecret.objects.filter(pk=rows[0].pk).delete()
    with pytest.raises(NothingToTake):
        take_campaign_file._keep(actor(cast.chen, now), campaign, rows, b"x", now)
    assert not CampaignFile.objects.exists()


def test_what_nobody_took_is_deleted_by_the_clock_and_so_are_the_files(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    live_lines(cast.lumen, 2, now)
    campaign = started(cast.chen, now)
    go_through(campaign, hands, now)
    mine = str(pyrage.x25519.Identity.generate().to_public())
    chen = actor(cast.chen, now)
    take: dict[str, Any] = {
        "actor": chen,
        "reference": campaign.reference,
        "passphrase": PASSPHRASE,
        "public_key": mine,
    }
    late = now + KEPT + timedelta(minutes=1)
    with pytest.raises(NothingToTake):
        take_campaign_file.take(**{**take, "actor": actor(cast.chen, late)}, now=late)
    purge_campaign.purge_due(now=now + KEPT - timedelta(hours=1))
    assert CampaignSecret.objects.count() == 2
    file = take_campaign_file.take(**take, now=now)
    with pytest.raises(NotFound):
        take_campaign_file.fetch(
            actor=actor(cast.chen, late), reference=campaign.reference, file=file, now=late
        )
    purge_campaign.purge_due(now=late)
    assert not CampaignFile.objects.exists()


def test_only_secrets_of_campaigns_can_be_handed_over(cast: Cast, now: datetime) -> None:
    sealed = seal.seal(b"a seed", "factor:1")
    with pytest.raises(ValueError, match="only secrets of campaigns"):
        handover.locked((), [((), sealed, "factor:1")], handover.lock_of_passphrase(PASSPHRASE))


@pytest.mark.django_db(transaction=True)
def test_no_new_secret_lies_anywhere_in_clear(
    cast: Cast, hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    now = timezone.now()
    live_lines(cast.lumen, 3, now, owner=cast.ada)
    campaign = started(cast.chen, now)
    go_through(campaign, hands, now)
    mine = pyrage.x25519.Identity.generate()
    before = everything_stored()
    file = take_campaign_file.take(
        actor=actor(cast.chen, now),
        reference=campaign.reference,
        passphrase=PASSPHRASE,
        public_key=str(mine.to_public()),
        now=now,
    )
    drawn = [row["password"] for row in read(bytes(CampaignFile.objects.get(uid=file).locked), mine)]
    after = everything_stored()
    assert len(drawn) == 3 and Path(settings.LINEKEY_HOME).exists()
    for secret in drawn:
        assert secret.encode() not in before + after
        assert secret not in caplog.text
