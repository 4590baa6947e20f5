"""Name and settings of a service: who sets them, what is kept and told, and two people at once."""

from dataclasses import replace
from datetime import datetime

import pytest

from linekey.domain.access import Door, Scope
from linekey.domain.errors import (
    ChangedMeanwhile,
    Malformed,
    NotAllowed,
    NotFound,
    ScopeNotGranted,
    SettingNotOffered,
    StepUpNeeded,
)
from linekey.domain.licences import RESTRICTIONS, SETTINGS
from linekey.records import pages
from linekey.records.models import AuditEntry, Person, Service, UserLicence
from linekey.records.search_words import Filters
from linekey.usecases import edit_service
from tests.build import Cast, actor, stale

LICENCE = "FPC172947"


def values_of(cast: Cast, reference: str = LICENCE) -> dict[str, str]:
    return dict(pages.settings(actor(cast.olivia), reference).row.values)


def test_chen_names_a_licence_and_it_is_written_down_and_found(cast: Cast, now: datetime) -> None:
    chen = actor(cast.chen, now)
    changed = edit_service.edit(actor=chen, reference=LICENCE, changes={"name": " Poste 9 "}, now=now)
    assert changed == ["name"] and Service.objects.get(reference=LICENCE).name == "Poste 9"
    entry = AuditEntry.objects.get(action="service.edit")
    assert (entry.service_id, entry.actor_id, entry.path) == (cast.licence.pk, cast.chen.pk, cast.lumen.path)
    assert entry.facts == {"setting": "name", "former": "Ligne FPC172947", "new": "Poste 9"}
    assert [row.reference for row in pages.services(chen, Filters(text="Poste 9"))] == [LICENCE]


NEW = {
    "admin": "yes",
    "name": "Poste 9",
    "company_contact": "Bruno Carpentier",
    "emergency_number": "+33320990000",
    "restriction": "international",
    "outside_plan_refused": "yes",
    "number_presented": "+33184780100",
    "receptionist": "yes",
    "fax2mail_number": "+33184780108",
    "supervisor": "yes",
}


def test_everything_a_simple_licence_has_is_set_at_once_and_told_one_by_one(
    cast: Cast, now: datetime
) -> None:
    before = values_of(cast)
    changed = edit_service.edit(
        actor=actor(cast.bruno, now), reference=LICENCE, changes=NEW, was=before, now=now
    )
    assert set(changed) == set(NEW) == {code for code, each in SETTINGS.items() if each.editable}
    assert values_of(cast) == NEW | {"accession": "no"}
    told = AuditEntry.objects.filter(action="service.edit").values_list("facts", flat=True)
    assert {fact["setting"]: (fact["former"], fact["new"]) for fact in told} == {
        code: (before[code], new) for code, new in NEW.items()
    }


def test_a_licence_nothing_was_ever_set_on_gets_its_row(cast: Cast, now: datetime) -> None:
    UserLicence.objects.all().delete()
    chen = actor(cast.chen, now)
    assert values_of(cast)["restriction"] == "none"
    edit_service.edit(actor=chen, reference=LICENCE, changes={"receptionist": "yes"}, now=now)
    assert UserLicence.objects.get().receptionist


@pytest.mark.parametrize("reference", ["CTX-00217", "0033972101010", "xdsl-ab12345-1"])
def test_every_service_has_a_name_to_set_and_nothing_else(cast: Cast, now: datetime, reference: str) -> None:
    chen = actor(cast.chen, now)
    edit_service.edit(actor=chen, reference=reference, changes={"name": "Accueil"}, now=now)
    assert values_of(cast, reference) == {"name": "Accueil"}
    with pytest.raises(SettingNotOffered):
        edit_service.edit(actor=chen, reference=reference, changes={"admin": "yes"}, now=now)
    assert UserLicence.objects.count() == 4


@pytest.mark.parametrize(
    ("reference", "code", "value"),
    [
        ("FPC172932", "emergency_number", "+33184780100"),
        ("FPC172932", "restriction", "all"),
        ("FPC172932", "fax2mail_number", "+33184780108"),
        ("FPC172938", "receptionist", "yes"),
        ("FPC172938", "supervisor", "yes"),
        ("FPC172947", "accession", "yes"),
        ("FPC172947", "number", "+33184780100"),
        ("FPC172947", "path", "1."),
    ],
)
def test_what_a_licence_has_not_is_refused_with_all_the_rest(
    cast: Cast, now: datetime, reference: str, code: str, value: str
) -> None:
    before = values_of(cast, reference)
    with pytest.raises(SettingNotOffered):
        changes = {"name": "Poste 9", code: value}
        edit_service.edit(actor=actor(cast.chen, now), reference=reference, changes=changes, now=now)
    assert values_of(cast, reference) == before and not AuditEntry.objects.exists()


@pytest.mark.parametrize("code", ["number_presented", "fax2mail_number"])
@pytest.mark.parametrize("number", ["+33320990001", "+33199001234", "112"])
def test_nobody_calls_under_a_number_which_is_not_the_customers(
    cast: Cast, now: datetime, code: str, number: str
) -> None:
    with pytest.raises(Malformed) as refused:
        edit_service.edit(actor=actor(cast.chen, now), reference=LICENCE, changes={code: number}, now=now)
    assert refused.value.values["field"] == code and values_of(cast)[code] == ""


def test_a_number_no_longer_presented_is_taken_away(cast: Cast, now: datetime) -> None:
    chen = actor(cast.chen, now)
    for typed, kept in (("09 72 10 10 10", "+33972101010"), ("", "")):
        edit_service.edit(actor=chen, reference=LICENCE, changes={"number_presented": typed}, now=now)
        assert values_of(cast)["number_presented"] == kept


def test_anothers_change_in_between_is_told_and_not_overwritten(cast: Cast, now: datetime) -> None:
    seen = values_of(cast)
    edit_service.edit(actor=actor(cast.bruno, now), reference=LICENCE, changes={"name": "Atelier"}, now=now)
    with pytest.raises(ChangedMeanwhile) as refused:
        edit_service.edit(
            actor=actor(cast.chen, now),
            reference=LICENCE,
            changes={"admin": "yes", "name": "Poste 9"},
            was=seen,
            now=now,
        )
    assert refused.value.values == {"setting": "name", "field": "Name", "current": "Atelier"}
    assert (values_of(cast)["name"], values_of(cast)["admin"]) == ("Atelier", "no")
    edit_service.edit(
        actor=actor(cast.chen, now),
        reference=LICENCE,
        changes={"name": "Poste 9"},
        was=values_of(cast),
        now=now,
    )
    assert values_of(cast)["name"] == "Poste 9"


def test_changes_of_different_settings_both_stay(cast: Cast, now: datetime) -> None:
    seen = values_of(cast)
    edit_service.edit(actor=actor(cast.bruno, now), reference=LICENCE, changes={"name": "Atelier"}, now=now)
    whole_form = seen | {"emergency_number": "03 20 99 00 00"}
    del whole_form["accession"]
    changed = edit_service.edit(
        actor=actor(cast.chen, now), reference=LICENCE, changes=whole_form, was=seen, now=now
    )
    assert changed == ["emergency_number"]
    assert values_of(cast) == seen | {"name": "Atelier", "emergency_number": "+33320990000"}


def test_two_who_want_the_same_agree(cast: Cast, now: datetime) -> None:
    seen = values_of(cast)
    for person in (cast.bruno, cast.chen):
        edit_service.edit(
            actor=actor(person, now), reference=LICENCE, changes={"name": "Atelier"}, was=seen, now=now
        )
    assert AuditEntry.objects.filter(action="service.edit").count() == 1


def test_what_was_sent_back_as_shown_is_no_change_however_odd(cast: Cast, now: datetime) -> None:
    Service.objects.filter(reference=LICENCE).update(name="Ligne @ 1 <accueil>")
    UserLicence.objects.filter(service=cast.licence).update(emergency_number="+33184780117")
    sent = {"name": "Ligne @ 1 <accueil>", "emergency_number": "01 84 78 01 17", "admin": "yes"}
    changed = edit_service.edit(
        actor=actor(cast.chen, now), reference=LICENCE, changes=sent, was=values_of(cast), now=now
    )
    assert changed == ["admin"] and values_of(cast)["name"] == "Ligne @ 1 <accueil>"


def test_nothing_to_change_changes_nothing(cast: Cast, now: datetime) -> None:
    assert edit_service.edit(actor=actor(cast.chen, now), reference=LICENCE, changes={}, now=now) == []
    assert not AuditEntry.objects.exists()


def test_unknown_and_not_yours_are_one_answer(cast: Cast, now: datetime) -> None:
    """Law 11."""
    for reference in ("CTX-00999", "FPC199901", "0033972202020", "FPC000000", "a\0b", "x" * 5000):
        with pytest.raises(NotFound):
            edit_service.edit(
                actor=actor(cast.chen, now), reference=reference, changes={"name": "Poste 9"}, now=now
            )


def test_a_subscriber_does_not_name_their_own_line(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        edit_service.edit(
            actor=actor(cast.ada, now), reference=cast.line.reference, changes={"name": "x y"}, now=now
        )


def test_another_persons_line_wants_a_recent_proof_and_a_licence_of_nobody_does_not(
    cast: Cast, now: datetime
) -> None:
    chen = stale(actor(cast.chen, now))
    with pytest.raises(StepUpNeeded):
        edit_service.edit(actor=chen, reference=cast.line.reference, changes={"name": "Accueil"}, now=now)
    edit_service.edit(actor=chen, reference=LICENCE, changes={"name": "Accueil"}, now=now)


def test_a_key_wants_the_scope(cast: Cast, now: datetime) -> None:
    program = replace(actor(cast.chen), door=Door.API, scopes=frozenset({Scope.READ, Scope.CREDENTIALS}))
    with pytest.raises(ScopeNotGranted):
        edit_service.edit(actor=program, reference=LICENCE, changes={"name": "Accueil"}, now=now)
    may = replace(program, scopes=frozenset({Scope.SETTINGS}))
    assert edit_service.edit(actor=may, reference=LICENCE, changes={"name": "Accueil"}, now=now) == ["name"]


def test_every_desk_may_and_nobody_else(cast: Cast, now: datetime) -> None:
    people: list[Person] = [cast.bruno, cast.chen, cast.dina, cast.olivia]
    for number, person in enumerate(people):
        name = f"Poste {number}"
        assert edit_service.edit(actor=actor(person, now), reference=LICENCE, changes={"name": name}, now=now)


def test_the_words_of_the_table_are_those_of_the_rows() -> None:
    assert set(RESTRICTIONS) == set(UserLicence.Restriction.values)
