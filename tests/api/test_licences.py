"""`/services/{reference}/users` and `/settings`: what a program reads and sets of a hosted PBX."""

from datetime import datetime
from functools import partial

import pytest

from linekey.api.licences import ROWS
from linekey.api.licences_shapes import Values
from linekey.domain.access import Scope
from linekey.domain.licences import SETTINGS
from linekey.records.models import AuditEntry, Observation
from tests.api.programs import Answer, Program, key_of
from tests.build import Cast, user_licence
from tests.laws.conftest import InThreads

USERS = "/services/CTX-00217/users"
SETTINGS_OF = "/services/FPC172947/settings"


def references(program: Program, query: str = "") -> list[str]:
    return [user["reference"] for user in program.get(USERS + query).value["users"]]


def patch(program: Program, body: object, path: str = SETTINGS_OF) -> Answer:
    return program.call("PATCH", path, body)


def test_a_program_reads_the_users_of_a_pbx(cast: Cast, chen: Program, now: datetime) -> None:
    Observation.objects.create(service=cast.licence, seen_at=now, online=True, facts={})
    assert chen.get(USERS).value["next"] is None
    menu, _fax, simple = chen.get(USERS).value["users"]
    assert simple == {
        "reference": "FPC172947",
        "licence": "simple",
        "number": "+33184780117",
        "name": "Ligne FPC172947",
        "admin": False,
        "emergency_number": "+33184780117",
        "state": "active",
        "online": True,
        "seen_at": now.isoformat().replace("+00:00", "Z"),
    }
    assert (menu["licence"], menu["emergency_number"], menu["online"]) == ("svi", None, None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?text=FPC172947", ["FPC172947"]),
        ("?text=01%2084%2078%2001%2008", ["FPC172938"]),
        ("?text=%25", []),
        ("?text=%00", ["FPC172932", "FPC172938", "FPC172947"]),
        ("?after=FPC172932", ["FPC172938", "FPC172947"]),
        ("?after=zzz", []),
    ],
)
def test_the_users_are_narrowed(chen: Program, query: str, found: list[str]) -> None:
    assert references(chen, query) == found


@pytest.mark.parametrize(("query", "field"), [("?after=%00", "after"), (f"?text={'x' * 61}", "text")])
def test_what_cannot_be_looked_for_is_named(chen: Program, query: str, field: str) -> None:
    answer = chen.get(USERS + query)
    assert (answer.status, answer.code, answer.value["field"]) == (400, "malformed", field)


def test_thousands_come_a_page_at_a_time(cast: Cast, chen: Program, now: datetime) -> None:
    for number in range(ROWS):
        user_licence(f"FPC3{number:05d}", cast.pbx, now)
    first = chen.get(USERS).value
    assert len(first["users"]) == ROWS and first["next"] == first["users"][-1]["reference"]
    second = chen.get(f"{USERS}?after={first['next']}").value
    assert len(second["users"]) == 3 and second["next"] is None


def test_a_program_reads_and_sets_what_a_licence_has(chen: Program) -> None:
    before = chen.get(SETTINGS_OF).value
    assert before["accountcode"] == "133615" and before["pbx"] == "CTX-00217"
    assert (before["admin"], before["restriction"], before["number_presented"]) == (False, "none", "")
    changes = {"name": "Poste 9", "admin": True, "number_presented": "01 84 78 01 00", "restriction": "all"}
    after = patch(chen, changes)
    assert after.status == 200
    assert after.value == before | changes | {"number_presented": "+33184780100"}
    assert chen.get(SETTINGS_OF).value == after.value
    assert AuditEntry.objects.filter(action="service.edit", door="api").count() == 4


def test_what_a_service_has_not_is_null_and_refused(chen: Program) -> None:
    menu = chen.get("/services/FPC172932/settings").value
    assert menu["receptionist"] is menu["emergency_number"] is menu["restriction"] is None
    refused = patch(chen, {"receptionist": True}, "/services/FPC172932/settings")
    assert (refused.status, refused.code) == (409, "setting_not_offered")
    assert chen.get("/services/CTX-00217/settings").value["name"] == "Centrex Atelier Lumen"
    assert patch(chen, {"accession": True}).code == "setting_not_offered"


def test_anothers_change_in_between_is_refused_to_whoever_says_what_they_read(
    cast: Cast, chen: Program
) -> None:
    bruno = Program.with_token(key_of(cast.bruno))
    read = chen.get(SETTINGS_OF).value
    patch(bruno, {"name": "Atelier"})
    refused = patch(chen, {"name": "Poste 9", "was": {"name": read["name"]}})
    assert (refused.status, refused.code) == (409, "changed_meanwhile")
    assert "Atelier" in refused.value["detail"]
    assert patch(chen, {"admin": True, "was": {"name": read["name"], "admin": False}}).status == 200
    assert patch(chen, {"name": "Poste 9", "was": {"name": "Atelier"}}).value["name"] == "Poste 9"
    assert patch(chen, {"name": "Sans regarder"}).value["name"] == "Sans regarder"


def test_of_many_at_once_one_changes_it_and_the_others_are_told(
    committed: Cast, in_threads: InThreads[Answer]
) -> None:
    program = Program.with_token(key_of(committed.chen))
    was = {"name": program.get(SETTINGS_OF).value["name"]}
    bodies = [{"name": f"Poste {number}", "was": was} for number in range(6)]
    answers = in_threads([partial(patch, program, body) for body in bodies])
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409, 409, 409]
    kept = next(answer.value["name"] for answer in answers if answer.status == 200)
    assert program.get(SETTINGS_OF).value["name"] == kept
    assert AuditEntry.objects.filter(action="service.edit").count() == 1


WRONG: list[object] = [None, 0, 1, 1.5, [], {}, ["x"], "\ud800", "x" * 5000, "\0"]


@pytest.mark.parametrize("field", [*SETTINGS, "was"])
@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_value_of_another_type_is_named(chen: Program, field: str, value: object) -> None:
    if field == "was" and value == {}:
        return
    answer = patch(chen, {field: value})
    if field == "accession" and answer.status == 409:
        return
    assert (answer.status, answer.code) == (400, "malformed")
    assert answer.value["field"] == field
    assert not AuditEntry.objects.filter(action="service.edit").exists()


@pytest.mark.parametrize("body", [{"path": "1."}, {"reference": "x"}, {"was": {"path": "1."}}, [], "x", None])
def test_nothing_else_is_read(chen: Program, body: object) -> None:
    assert patch(chen, body).code == "malformed"


def test_unknown_and_not_yours_are_one_answer(cast: Cast, ada: Program, chen: Program) -> None:
    """Law 11."""
    for program, strange in (
        (chen, ["CTX-00999", "FPC199901", "x", "%00", "a" * 5000]),
        (ada, ["CTX-00217", "FPC172947"]),
    ):
        unknown = program.get("/services/unknown").value
        for reference in strange:
            for answer in (
                program.get(f"/services/{reference}/users"),
                program.get(f"/services/{reference}/settings"),
                patch(program, {"name": "Poste 9"}, f"/services/{reference}/settings"),
            ):
                assert (answer.status, answer.value) == (404, unknown)
    assert chen.get("/services/FPC172947/users").status == 404, "it has no users"


def test_role_and_scope_are_asked(cast: Cast, ada: Program) -> None:
    assert patch(ada, {"name": "Chez moi"}, "/services/0033972101010/settings").code == "not_allowed"
    reader = Program.with_token(key_of(cast.chen, {Scope.READ}))
    assert reader.get(SETTINGS_OF).status == reader.get(USERS).status == 200
    assert patch(reader, {"name": "Poste 9"}).code == "scope_not_granted"


def test_every_setting_of_the_table_is_a_field() -> None:
    assert set(Values.model_fields) == set(SETTINGS)
