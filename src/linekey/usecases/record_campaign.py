"""Give a batch of a campaign's services a new secret each: versions, effects and trail in few statements.

Within the transaction which holds the campaign. A line is recorded or skipped once: its state moves by one
conditional update, a campaign has a service once, and a service has one version per plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db.models import OuterRef, Subquery

from linekey.domain import campaigns as rules
from linekey.domain.access import Actor
from linekey.domain.campaigns import CampaignMode, HandOver, LineState, Reason
from linekey.domain.drawing import draw
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.kinds import KINDS, Verb
from linekey.domain.lifecycle import State
from linekey.domain.password_rules import PRESETS, Circumstances
from linekey.domain.secret import Secret
from linekey.records import audit, find, many, outbox, sifting, tickets
from linekey.records.models import Campaign, CampaignLine, CampaignSecret, CredentialVersion
from linekey.records.models.campaigns import campaign_secret_place
from linekey.records.outbox import Promise
from linekey.records.sifting import Sifted
from linekey.usecases import judge_secret, record_version
from linekey.usecases.follow_campaign import count
from linekey.usecases.rotate_credential import plan_id
from linekey.vault import keyring, seal

ONE_LOOK = timedelta(minutes=30)
"""Of thousands whose connections are cut, each is looked at once, when it should be back."""


@dataclass(frozen=True, slots=True)
class _New:
    """One that gets a new secret, with the keys of its rows."""

    chosen: Sifted
    line: int
    version: int
    plan: str
    secret: Secret

    @property
    def number(self) -> int:
        return self.chosen.last + 1


def record(campaign: Campaign, maker: Actor, room: int, *, now: datetime) -> int:
    """Take up to `room` waiting lines; how many got a new secret. The caller saves the campaign."""
    waiting = CampaignLine.objects.filter(campaign=campaign, state=LineState.WAITING)
    lines = dict(waiting.order_by("id").values_list("service_id", "pk")[:room])
    services = sifting.services(lines, lock=True)
    mode, hand_over = CampaignMode(campaign.mode), HandOver(campaign.hand_over)
    found = sifting.sifted(services, mode=mode, hand_over=hand_over, path=campaign.path)
    for reason in Reason:
        _skip(campaign, [lines[each.service.pk] for each in found if each.reason is reason], reason)
    new = _drawn(campaign, [each for each in found if each.reason is None], lines)
    with keyring.held():
        _keep_versions(new, maker, now)
        if hand_over is HandOver.FILE:
            _keep_for_file(new, now)
    _promise(new, mode, hand_over, now)
    _claim(campaign, [each.line for each in new])
    audit.write_bulk(
        action="credential.reset",
        now=now,
        actor=maker,
        told=(
            (
                each.chosen.service,
                {
                    "campaign": campaign.reference,
                    "compromised": str(mode is CampaignMode.COMPROMISED),
                    "grace_hours": str(each.chosen.kept // timedelta(hours=1)),
                    "version": str(each.number),
                },
            )
            for each in new
        ),
    )
    campaign.in_wave += len(new)
    return len(new)


def _drawn(campaign: Campaign, chosen: Sequence[Sifted], lines: dict[int, int]) -> list[_New]:
    common, operation = judge_secret.common_passwords(), f"campaign:{campaign.reference}"
    new = []
    for each, key in zip(chosen, many.numbers(CredentialVersion, len(chosen)), strict=True):
        # Drawn of 93 random bits, it was never used before: there is nothing to compare it with.
        circumstances = Circumstances(personal=find.personal_facts(each.service), common=common)
        secret = draw(KINDS[each.service.kind], PRESETS[each.policy.sip_rules], circumstances)
        new.append(_New(each, lines[each.service.pk], key, plan_id(each.service, operation), secret))
    return new


def _keep_versions(new: Sequence[_New], maker: Actor, now: datetime) -> None:
    services = [each.chosen.service.pk for each in new]
    record_version.supersede_planned(services)
    tickets.void_for_all(services, now=now)
    outbox.hurry_bulk(services, now=now)
    many.insert(
        CredentialVersion,
        ("id", "service_id", "number", "plan", "grace", "sealed"),
        (
            (
                each.version,
                each.chosen.service.pk,
                each.number,
                each.plan,
                int(each.chosen.kept.total_seconds()),
                record_version.sealed_for(each.chosen.service, each.number, each.secret),
            )
            for each in new
        ),
        state=State.PLANNED,
        verb=Verb.RESET,
        made_by_id=maker.person_id,
        created_at=now,
    )


def _promise(new: Sequence[_New], mode: CampaignMode, hand_over: HandOver, now: datetime) -> None:
    @cache
    def effects(kind: str) -> list[Effect]:
        return rules.plan(KINDS[kind], mode, hand_over)

    @cache
    def later(kept: timedelta) -> dict[EffectKind, datetime]:
        # The element's own word of a first use wakes them before.
        return dict.fromkeys((EffectKind.WATCH, EffectKind.RELEASE), now + (kept or ONE_LOOK))

    outbox.put_bulk(
        (
            Promise(
                effects=effects(each.chosen.service.kind),
                plan=each.plan,
                service_id=each.chosen.service.pk,
                version_id=each.version,
                person_id=each.chosen.service.owner_id,
                later=later(each.chosen.kept),
            )
            for each in new
        ),
        now=now,
    )


def _claim(campaign: Campaign, keys: Sequence[int]) -> None:
    made = CredentialVersion.objects.filter(service=OuterRef("service")).order_by("-number")
    lines = CampaignLine.objects.filter(many.among("pk", keys), state=LineState.WAITING)
    moved = lines.update(state=LineState.RECORDED, version=Subquery(made.values("pk")[:1]))
    if moved != len(keys):
        raise RuntimeError("a line was taken by somebody who does not hold its campaign")
    count(campaign, LineState.WAITING, LineState.RECORDED, moved)


def _skip(campaign: Campaign, keys: Sequence[int], reason: Reason) -> None:
    lines = CampaignLine.objects.filter(many.among("pk", keys), state=LineState.WAITING)
    if keys:
        moved = lines.update(state=LineState.SKIPPED, reason=reason)
        count(campaign, LineState.WAITING, LineState.SKIPPED, moved)


def _keep_for_file(new: Sequence[_New], now: datetime) -> None:
    rows = (
        (each.line, seal.seal(each.secret.reveal().encode(), campaign_secret_place(each.line)))
        for each in new
    )
    many.insert(CampaignSecret, ("line_id", "sealed"), rows, made_at=now)
