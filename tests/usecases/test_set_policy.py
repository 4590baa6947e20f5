"""Who decides a policy where, what holds below, and what the trail keeps."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linekey.domain.access import Door, Role, Scope
from linekey.domain.errors import Malformed, NotAllowed, NotFound, Refusal, ScopeNotGranted, StepUpNeeded
from linekey.domain.policy_table import PRESETS, TABLE, text_of
from linekey.records import find
from linekey.records.models import AuditEntry, Organisation
from linekey.usecases import set_policy
from linekey.usecases.set_policy import Change
from tests import build
from tests.build import Cast, actor, stale


def held(organisation: Organisation) -> dict[str, object]:
    return asdict(find.policy_of(Organisation.objects.get(pk=organisation.pk)))


def test_a_reseller_decides_for_its_branch_and_a_customer_otherwise_for_itself(
    cast: Cast, now: datetime
) -> None:
    made = set_policy.change(
        actor=actor(cast.chen, now), organisation=str(cast.reseller.pk), values={"lock_after": "5"}, now=now
    )
    assert made == (Change("lock_after", None, 5, 10, 5),)
    assert held(cast.reseller)["lock_after"] == held(cast.lumen)["lock_after"] == 5
    assert held(cast.verne)["lock_after"] == held(cast.operator)["lock_after"] == 10
    set_policy.change(
        actor=actor(cast.bruno, now), organisation=str(cast.lumen.pk), values={"lock_after": "20"}, now=now
    )
    assert (held(cast.reseller)["lock_after"], held(cast.lumen)["lock_after"]) == (5, 20)
    (back,) = set_policy.change(
        actor=actor(cast.chen, now), organisation=str(cast.lumen.pk), values={"lock_after": None}, now=now
    )
    assert (back.before, back.after, back.held, back.holds) == (20, None, 20, 5)
    assert held(cast.lumen)["lock_after"] == 5


def test_each_change_is_in_the_trail_of_the_organisation_with_both_values(cast: Cast, now: datetime) -> None:
    chen = actor(cast.chen, now)
    values = {"security_question": "yes", "case_wait_hours": "24"}
    set_policy.change(actor=chen, organisation=str(cast.lumen.pk), values=values, now=now)
    set_policy.change(
        actor=chen, organisation=str(cast.lumen.pk), values={"security_question": None}, now=now
    )
    entries = AuditEntry.objects.order_by("id")
    assert {entry.path for entry in entries} == {cast.lumen.path}
    assert {entry.action for entry in entries} == {"policy.set"}
    assert [(entry.facts["value"], entry.facts["old"], entry.facts["new"]) for entry in entries] == [
        ("security_question", "inherited", "yes"),
        ("case_wait_hours", "inherited", "24"),
        ("security_question", "yes", "inherited"),
    ]
    assert entries[0].facts["named"] == "Atelier Lumen" and entries[0].actor_id == cast.chen.pk


def test_what_is_decided_like_that_already_is_told_twice_to_nobody(cast: Cast, now: datetime) -> None:
    for _ in range(2):
        set_policy.change(
            actor=actor(cast.chen, now),
            organisation=str(cast.lumen.pk),
            values={"sip_rules": "anssi", "portal_rules": None},
            now=now,
        )
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("preset", ["anssi", "nist", "legacy"])
def test_a_preset_decides_everything_and_is_previewed_without_a_change(
    cast: Cast, now: datetime, preset: str
) -> None:
    asked: dict[str, Any] = {"actor": actor(cast.chen, now), "organisation": str(cast.lumen.pk), "now": now}
    shown = set_policy.preview(values=set_policy.of_preset(preset), **asked)
    assert Organisation.objects.get(pk=cast.lumen.pk).policy == {} and not AuditEntry.objects.exists()
    assert {change.name for change in shown} == set(TABLE)
    assert set_policy.apply_preset(preset=preset, **asked) == shown
    assert held(cast.lumen) == dict(PRESETS[preset])
    assert set_policy.apply_preset(preset=preset, **asked) == ()


def test_the_preview_tells_what_holds_and_what_would(cast: Cast, now: datetime) -> None:
    """The operator mails PPPoE passwords; deciding the same here changes nothing but whose it is."""
    shown = set_policy.preview(
        actor=actor(cast.chen, now),
        organisation=str(cast.lumen.pk),
        values={"pppoe_delivery": "mail", "sign_in_code": "unusual"},
        now=now,
    )
    assert [(change.name, change.held, change.holds) for change in shown] == [
        ("pppoe_delivery", "mail", "mail"),
        ("sign_in_code", "never", "unusual"),
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"lock_after": "2"}, "lock_after"),
        ({"lock_after": "5", "sip_rules": "pigeon"}, "sip_rules"),
        ({"lock_after": "5", "role": "operator_admin"}, "role"),
        ({"path": None}, "path"),
    ],
)
def test_when_one_value_is_refused_none_is_set(
    cast: Cast, now: datetime, values: dict[str, str | None], field: str
) -> None:
    with pytest.raises(Malformed) as refusal:
        set_policy.change(
            actor=actor(cast.chen, now), organisation=str(cast.lumen.pk), values=values, now=now
        )
    assert refusal.value.values["field"] == field
    assert Organisation.objects.get(pk=cast.lumen.pk).policy == {} and not AuditEntry.objects.exists()


def test_a_preset_there_is_not_is_refused(cast: Cast, now: datetime) -> None:
    with pytest.raises(Malformed):
        set_policy.apply_preset(
            actor=actor(cast.chen, now), organisation=str(cast.lumen.pk), preset="pci", now=now
        )


@pytest.mark.parametrize(
    ("who", "own", "below", "above", "foreign"),
    [
        ("ada", NotFound, NotFound, NotFound, NotFound),
        ("bruno", None, NotFound, NotFound, NotFound),
        ("chen", None, None, NotFound, NotFound),
        ("dina", NotAllowed, NotAllowed, NotAllowed, NotAllowed),
        ("olivia", None, None, None, None),
    ],
)
def test_ones_own_policy_and_those_below_and_no_others(
    cast: Cast,
    now: datetime,
    who: str,
    own: type[Refusal] | None,
    below: type[Refusal] | None,
    above: type[Refusal] | None,
    foreign: type[Refusal] | None,
) -> None:
    person = getattr(cast, who)
    under = build.organisation(person.organisation, "customer", "Dessous")
    places = {
        person.organisation.pk: own,
        under.pk: below,
        (person.organisation.parent or person.organisation).pk: above,
        cast.verne.pk: foreign,
    }
    if who == "bruno":
        places[under.pk] = None
    for number, refused in places.items():
        asked: dict[str, Any] = {
            "actor": actor(person, now),
            "organisation": str(number),
            "values": {"lock_after": "7"},
            "now": now,
        }
        for verb in (set_policy.preview, set_policy.change):
            if refused is None:
                verb(**asked)
            else:
                with pytest.raises(refused):
                    verb(**asked)


@pytest.mark.parametrize(
    "reference", ["", "0", "-1", "999999999", "9" * 30, str(2**63), "1.4", "abc", "٣", "1\0"]
)
def test_what_numbers_nothing_is_answered_like_another_companys(
    cast: Cast, now: datetime, reference: str
) -> None:
    with pytest.raises(NotFound):
        set_policy.change(actor=actor(cast.chen, now), organisation=reference, values={}, now=now)


def test_a_recent_proof_or_the_scope_of_settings_is_wanted(cast: Cast, now: datetime) -> None:
    asked: dict[str, Any] = {"organisation": str(cast.lumen.pk), "values": {"lock_after": "7"}, "now": now}
    with pytest.raises(StepUpNeeded):
        set_policy.change(actor=stale(actor(cast.bruno, now)), **asked)
    program = replace(actor(cast.bruno), door=Door.API, scopes=frozenset(set(Scope) - {Scope.SETTINGS}))
    with pytest.raises(ScopeNotGranted):
        set_policy.change(actor=program, **asked)
    set_policy.change(actor=replace(program, scopes=frozenset({Scope.SETTINGS})), **asked)


def test_a_company_administrator_reads_the_policy_and_leaves_it(cast: Cast, now: datetime) -> None:
    colleague = replace(actor(cast.bruno, now), role=Role.COMPANY_ADMIN)
    with pytest.raises(NotAllowed):
        set_policy.change(actor=colleague, organisation=str(cast.lumen.pk), values={}, now=now)


DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(["operator", "reseller", "lumen"]),
        st.sampled_from([("lock_after", "5"), ("lock_after", "9"), ("lock_after", None)])
        | st.sampled_from([("sip_rules", code) for code in ("anssi", "nist", "legacy", None)]),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(decisions=DECISIONS)
def test_whatever_was_decided_in_which_order_the_nearest_decision_holds(
    cast: Cast, now: datetime, decisions: list[tuple[str, tuple[str, str | None]]]
) -> None:
    olivia = actor(cast.olivia, now)
    Organisation.objects.update(policy={})
    kept: dict[str, dict[str, str]] = {"operator": {}, "reseller": {}, "lumen": {}}
    for place, (name, text) in decisions:
        organisation = str(getattr(cast, place).pk)
        set_policy.change(actor=olivia, organisation=organisation, values={name: text}, now=now)
        kept[place].pop(name, None)
        kept[place] |= {name: text} if text is not None else {}
    for name, default in (("lock_after", "10"), ("sip_rules", "legacy")):
        decided = [kept[place][name] for place in kept if name in kept[place]]
        assert text_of(held(cast.lumen)[name]) == (decided[-1] if decided else default)  # type: ignore[arg-type]
        top = kept["operator"].get(name, default)
        assert text_of(held(cast.verne)[name]) == top  # type: ignore[arg-type]
