"""Give a batch of a campaign's services a new secret each: versions, effects and trail in few statements.

Within the transaction which holds the campaign. A line is recorded or skipped once: its state moves by one
conditional update, a campaign has a service once, and a service has one version per plan.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from linekey.domain import campaigns as rules
from linekey.domain.access import Actor
from linekey.domain.campaigns import CampaignMode, HandOver, LineState, Reason
from linekey.domain.drawing import draw
from linekey.domain.effects import EffectKind
from linekey.domain.kinds import KINDS, Verb
from linekey.domain.password_rules import PRESETS, Circumstances
from linekey.domain.secret import Secret
from linekey.records import audit, find, outbox, sifting, tickets
from linekey.records.models import Campaign, CampaignLine, CampaignSecret, CredentialVersion
from linekey.records.outbox import Promise
from linekey.records.sifting import Sifted
from linekey.usecases import judge_secret, record_version
from linekey.usecases.follow_campaign import count
from linekey.usecases.rotate_credential import plan_id
from linekey.vault import seal

ONE_LOOK = timedelta(minutes=30)
"""Of thousands whose connections are cut, each is looked at once, when it should be back."""


def record(campaign: Campaign, maker: Actor, room: int, *, now: datetime) -> int:
    """Take up to `room` waiting lines; how many got a new secret. The caller saves the campaign."""
    waiting = CampaignLine.objects.filter(campaign=campaign, state=LineState.WAITING)
    lines = dict(waiting.order_by("id").values_list("service_id", "pk")[:room])
    services = sifting.services(lines, lock=True)
    mode, hand_over = CampaignMode(campaign.mode), HandOver(campaign.hand_over)
    found = sifting.sifted(services, mode=mode, hand_over=hand_over, path=campaign.path)
    for reason in Reason:
        _skip(campaign, [lines[each.service.pk] for each in found if each.reason is reason], reason)
    chosen = [each for each in found if each.reason is None]
    versions, drawn = _versions(campaign, maker, chosen, now)
    _promise(chosen, versions, mode, hand_over, now)
    _claim(campaign, [lines[each.service.pk] for each in chosen])
    if hand_over is HandOver.FILE:
        _keep_for_file({lines[pk]: secret for pk, secret in drawn.items()}, now)
    audit.write_bulk(
        action="credential.reset",
        now=now,
        actor=maker,
        told=(
            (
                each.service,
                {
                    "campaign": campaign.reference,
                    "compromised": str(mode is CampaignMode.COMPROMISED),
                    "grace_hours": str(each.kept // timedelta(hours=1)),
                    "version": str(version.number),
                },
            )
            for each, version in zip(chosen, versions, strict=True)
        ),
    )
    campaign.in_wave += len(chosen)
    return len(chosen)


def _versions(
    campaign: Campaign, maker: Actor, chosen: Sequence[Sifted], now: datetime
) -> tuple[list[CredentialVersion], dict[int, Secret]]:
    """A version of its own for each, saved; and what was drawn, by service."""
    services = [each.service for each in chosen]
    record_version.supersede_planned(services)
    tickets.void_for_all(services, now=now)
    outbox.hurry_bulk(services, now=now)
    versions, drawn = [], {}
    common = judge_secret.common_passwords()
    for each in chosen:
        # Drawn of 93 random bits, it was never used before: there is nothing to compare it with.
        circumstances = Circumstances(personal=find.personal_facts(each.service), common=common)
        secret = draw(KINDS[each.service.kind], PRESETS[each.policy.sip_rules], circumstances)
        drawn[each.service.pk] = secret
        versions.append(
            record_version.drawn_up(
                each.service,
                Verb.RESET,
                plan=plan_id(each.service, f"campaign:{campaign.reference}"),
                secret=secret,
                kept=each.kept,
                number=each.last + 1,
                made_by_id=maker.person_id,
                now=now,
            )
        )
    CredentialVersion.objects.bulk_create(versions)
    return versions, drawn


def _promise(
    chosen: Sequence[Sifted],
    versions: Sequence[CredentialVersion],
    mode: CampaignMode,
    hand_over: HandOver,
    now: datetime,
) -> None:
    promises = []
    for each, version in zip(chosen, versions, strict=True):
        look = now + (each.kept or ONE_LOOK)
        promises.append(
            Promise(
                effects=rules.plan(KINDS[each.service.kind], mode, hand_over),
                plan=version.plan,
                service=each.service,
                version=version,
                # The element's own word of a first use wakes them before.
                later={EffectKind.WATCH: look, EffectKind.RELEASE: look},
            )
        )
    outbox.put_bulk(promises, now=now)


def _claim(campaign: Campaign, keys: Sequence[int]) -> None:
    made = CredentialVersion.objects.filter(service=OuterRef("service")).order_by("-number")
    lines = CampaignLine.objects.filter(pk__in=keys, state=LineState.WAITING)
    moved = lines.update(state=LineState.RECORDED, version=Subquery(made.values("pk")[:1]))
    if moved != len(keys):
        raise RuntimeError("a line was taken by somebody who does not hold its campaign")
    count(campaign, LineState.WAITING, LineState.RECORDED, moved)


def _skip(campaign: Campaign, keys: Sequence[int], reason: Reason) -> None:
    lines = CampaignLine.objects.filter(pk__in=keys, state=LineState.WAITING)
    if keys:
        moved = lines.update(state=LineState.SKIPPED, reason=reason)
        count(campaign, LineState.WAITING, LineState.SKIPPED, moved)


def _keep_for_file(drawn: dict[int, Secret], now: datetime) -> None:
    kept = []
    for line, secret in drawn.items():
        row = CampaignSecret(line_id=line, made_at=now)
        row.sealed = seal.seal(secret.reveal().encode(), row.seal_place)
        kept.append(row)
    CampaignSecret.objects.bulk_create(kept)
