"""Programs open organisations and decide policies: within their branch and scopes, and nothing slips in."""

import json
from typing import get_args

import pytest

from linekey.api.organisations_shapes import PolicyChange, PolicyPreset
from linekey.domain.access import Scope
from linekey.domain.policy_table import PRESETS, TABLE, Whole
from linekey.records.models import AuditEntry, Organisation, Person
from tests import build
from tests.api.programs import Answer, Program, key_of
from tests.build import Cast

SETTINGS = {Scope.SETTINGS}
NEW = {"kind": "customer", "name": "Neuve & Cie"}
CHANGES: list[tuple[str, str, object]] = [
    ("GET", "", None),
    ("PATCH", "", {"name": "Autre"}),
    ("GET", "/policy", None),
    ("PATCH", "/policy", {"lock_after": 7}),
    ("PUT", "/policy/preset", {"preset": "legacy"}),
]


@pytest.fixture
def olivia(cast: Cast) -> Program:
    return Program.with_token(key_of(cast.olivia))


@pytest.fixture
def bruno(cast: Cast) -> Program:
    return Program.with_token(key_of(cast.bruno))


@pytest.fixture
def dina(cast: Cast) -> Program:
    return Program.with_token(key_of(cast.dina))


def of(organisation: Organisation, below: str = "") -> str:
    return f"/organisations/{organisation.pk}{below}"


def values(answer: Answer) -> dict[str, dict[str, object]]:
    assert answer.status == 200, answer.value
    return {held["name"]: held for held in answer.value["values"]}


class TestTheTree:
    def test_is_listed_from_ones_own_organisation_down(
        self, cast: Cast, chen: Program, olivia: Program, bruno: Program
    ) -> None:
        (lumen,) = chen.get("/organisations").value["organisations"]
        assert lumen == {
            "id": str(cast.lumen.pk),
            "kind": "customer",
            "name": "Atelier Lumen",
            "reference": cast.lumen.reference,
            "parent_id": str(cast.reseller.pk),
        }
        names = [row["name"] for row in olivia.get("/organisations").value["organisations"]]
        assert names == ["Chen Télécom", "Verne & Filles"]
        assert bruno.get("/organisations").value == {"organisations": [], "next": None}
        assert bruno.get(of(cast.lumen)).value["parent_id"] == ""
        under = olivia.get(f"/organisations?under={cast.reseller.pk}").value["organisations"]
        assert [row["name"] for row in under] == ["Atelier Lumen"]

    def test_is_read_page_by_page(self, cast: Cast, chen: Program) -> None:
        for number in range(130):
            build.organisation(cast.reseller, "customer", f"Client {number:03d}")
        first = chen.get("/organisations?text=client").value
        second = chen.get(f"/organisations?text=client&after={first['next']}").value
        rows = [*first["organisations"], *second["organisations"]]
        assert [row["name"] for row in rows] == [f"Client {number:03d}" for number in range(130)]
        assert second["next"] is None

    def test_names_sites_and_what_may_be_opened(self, cast: Cast, chen: Program, dina: Program) -> None:
        assert [site["name"] for site in chen.get(of(cast.lumen)).value["sites"]] == ["Roubaix"]
        assert chen.get(of(cast.reseller)).value["opens"] == ["customer"]
        assert dina.get(of(cast.operator)).value["opens"] == []

    def test_is_not_for_subscribers(self, cast: Cast, ada: Program) -> None:
        for path in ("/organisations", of(cast.lumen), of(cast.lumen, "/policy")):
            assert ada.get(path).code == "not_allowed"

    @pytest.mark.parametrize(("method", "below", "body"), CHANGES)
    def test_of_another_branch_and_of_nobody_are_one_answer(
        self, cast: Cast, bruno: Program, method: str, below: str, body: object
    ) -> None:
        places = [cast.verne.pk, cast.reseller.pk, cast.operator.pk, 10**6, -1, 10**30, "x", "1e3", "%D9%A3"]
        answers = [bruno.call(method, f"/organisations/{place}{below}", body) for place in places]
        assert {(answer.status, answer.code) for answer in answers} == {(404, "not_found")}
        assert len({json.dumps(answer.value) for answer in answers}) == 1

    def test_a_parent_or_a_page_of_another_branch_is_not_there_either(
        self, cast: Cast, chen: Program
    ) -> None:
        for asked in (f"under={cast.verne.pk}", f"after={cast.verne.pk}", "under=-1", "after=x"):
            assert chen.get(f"/organisations?{asked}").code == "not_found"
        answer = chen.post("/organisations", {**NEW, "under": str(cast.operator.pk)})
        assert answer.code == "not_found"


class TestOpening:
    def test_once_however_often_it_is_sent(self, cast: Cast, chen: Program) -> None:
        body = {
            **NEW,
            "reference": "CLI-7",
            "first_administrator": {"first_name": "Nour", "last_name": "D", "email": "nour@example.org"},
        }
        first, again = (chen.post("/organisations", body) for _ in range(2))
        assert first.status == again.status == 201
        assert first.value["organisation"] == again.value["organisation"]
        nour = Person.objects.get(email="nour@example.org")
        assert first.value["administrator"] == nour.customer_id and again.value["administrator"] == ""
        assert str(nour.organisation_id) == first.value["organisation"]["id"]
        assert chen.post("/organisations", body, once="another-one").code == "malformed"

    def test_a_key_without_the_scope_of_members_invites_nobody(self, cast: Cast) -> None:
        program = Program.with_token(key_of(cast.chen, SETTINGS))
        first = {"first_name": "Nour", "last_name": "D", "email": "nour@example.org"}
        answer = program.post("/organisations", {**NEW, "first_administrator": first})
        assert answer.code == "scope_not_granted" and "members" in answer.value["next_step"]
        assert not Organisation.objects.filter(name=NEW["name"]).exists()
        assert program.post("/organisations", NEW).status == 201

    def test_is_for_resellers_and_the_operator(
        self, cast: Cast, bruno: Program, dina: Program, olivia: Program, chen: Program
    ) -> None:
        for program in (bruno, dina):
            assert program.post("/organisations", NEW).code == "not_allowed"
        assert chen.post("/organisations", {**NEW, "kind": "reseller"}).code == "not_allowed"
        assert olivia.post("/organisations", {**NEW, "kind": "reseller"}).status == 201

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"path": "1."}, "path"),
            ({"parent_id": "1"}, "parent_id"),
            ({"policy": {"lock_after": 3}}, "policy"),
            ({"id": "3"}, "id"),
            ({"operation": "x"}, "operation"),
            ({"kind": "operator"}, "kind"),
            ({"name": 7}, "name"),
            ({"name": None}, "name"),
            ({"name": "evil.example"}, "name"),
            ({"name": "\ud800"}, "name"),
            ({"reference": "a\0"}, "reference"),
            ({"under": 1}, "under"),
            ({"first_administrator": {"email": "n@example.org"}}, "first_name"),
            (
                {
                    "first_administrator": {
                        "first_name": "N",
                        "last_name": "D",
                        "email": "n@example.org",
                        "role": "operator_admin",
                    }
                },
                "role",
            ),
        ],
    )
    def test_a_field_nobody_reads_or_of_another_type_is_named(
        self, cast: Cast, chen: Program, wrong: dict[str, object], field: str
    ) -> None:
        answer = chen.post("/organisations", {**NEW, **wrong})
        assert (answer.status, answer.code, answer.value["field"]) == (400, "malformed", field)
        assert Organisation.objects.count() == 4


class TestNaming:
    def test_changes_what_is_sent_and_leaves_the_rest(self, cast: Cast, chen: Program) -> None:
        renamed = chen.call("PATCH", of(cast.lumen), {"name": "Lumen"}).value
        assert (renamed["name"], renamed["reference"]) == ("Lumen", cast.lumen.reference)
        referred = chen.call("PATCH", of(cast.lumen), {"reference": "CLI-9"}).value
        assert (referred["name"], referred["reference"]) == ("Lumen", "CLI-9")

    def test_the_books_above_are_not_the_customers_to_write(self, cast: Cast, bruno: Program) -> None:
        assert bruno.call("PATCH", of(cast.lumen), {"reference": "CLI-9"}).code == "not_allowed"
        assert bruno.call("PATCH", of(cast.lumen), {"name": "Lumen"}).status == 200

    @pytest.mark.parametrize("field", ["path", "policy", "kind", "parent_id", "operation", "id"])
    def test_nothing_else_can_be_written(self, cast: Cast, chen: Program, field: str) -> None:
        answer = chen.call("PATCH", of(cast.lumen), {"name": "Lumen", field: "1."})
        assert (answer.code, answer.value["field"]) == ("malformed", field)
        assert Organisation.objects.get(pk=cast.lumen.pk).name == "Atelier Lumen"


class TestAPolicy:
    def test_says_whose_each_value_is(self, cast: Cast, chen: Program, bruno: Program) -> None:
        chen.call("PATCH", of(cast.reseller, "/policy"), {"lock_after": 5})
        held = values(bruno.get(of(cast.lumen, "/policy")))
        assert list(held) == list(TABLE)
        assert held["lock_after"] == {
            "name": "lock_after",
            "value": 5,
            "source": "reseller",
            "decided_by": "",
            "inherited": 5,
            "caution": "",
        }
        assert held["pppoe_delivery"]["source"] == "operator" and held["pppoe_delivery"]["value"] == "mail"
        assert "OWASP" in str(held["pppoe_delivery"]["caution"])
        assert held["security_question"]["value"] is False
        seen = values(chen.get(of(cast.lumen, "/policy")))["lock_after"]
        assert (seen["source"], seen["decided_by"]) == ("above", "Chen Télécom")

    def test_is_patched_and_null_inherits_again(self, cast: Cast, chen: Program) -> None:
        path = of(cast.lumen, "/policy")
        held = values(chen.call("PATCH", path, {"security_question": True, "lock_after": 20}))
        assert (held["security_question"]["value"], held["lock_after"]["source"]) == (True, "here")
        held = values(chen.call("PATCH", path, {"lock_after": None}))
        assert (held["lock_after"]["value"], held["lock_after"]["source"]) == (10, "default")
        assert Organisation.objects.get(pk=cast.lumen.pk).policy == {"security_question": True}
        assert AuditEntry.objects.filter(action="policy.set").count() == 3

    @pytest.mark.parametrize("preset", ["anssi", "nist", "legacy"])
    def test_is_decided_whole_by_a_preset(self, cast: Cast, chen: Program, preset: str) -> None:
        held = values(chen.call("PUT", of(cast.lumen, "/policy/preset"), {"preset": preset}))
        assert {name: one["value"] for name, one in held.items()} == PRESETS[preset]
        assert {one["source"] for one in held.values()} == {"here"}

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"lock_after": 2}, "lock_after"),
            ({"lock_after": "5"}, "lock_after"),
            ({"lock_after": True}, "lock_after"),
            ({"lock_after": 5.5}, "lock_after"),
            ({"lock_after": 10**30}, "lock_after"),
            ({"case_wait_hours": -1}, "case_wait_hours"),
            ({"security_question": "yes"}, "security_question"),
            ({"sip_rules": "portal"}, "sip_rules"),
            ({"sip_rules": ["anssi"]}, "sip_rules"),
            ({"lock_after": 5, "role": "operator_admin"}, "role"),
            ({"lock_after": 5, "path": "1."}, "path"),
        ],
    )
    def test_what_there_is_not_is_named_and_nothing_set(
        self, cast: Cast, chen: Program, sent: dict[str, object], field: str
    ) -> None:
        answer = chen.call("PATCH", of(cast.lumen, "/policy"), sent)
        assert (answer.status, answer.code, answer.value["field"]) == (400, "malformed", field)
        assert Organisation.objects.get(pk=cast.lumen.pk).policy == {}

    def test_support_reads_it_and_leaves_it(self, cast: Cast, dina: Program) -> None:
        path = of(cast.lumen, "/policy")
        assert dina.get(path).status == 200
        assert dina.call("PATCH", path, {"lock_after": 7}).code == "not_allowed"
        assert dina.call("PUT", f"{path}/preset", {"preset": "anssi"}).code == "not_allowed"

    def test_the_description_offers_what_the_table_does(self) -> None:
        assert set(PolicyChange.model_fields) == set(TABLE)
        for name, entry in TABLE.items():
            schema = PolicyChange.model_json_schema()["properties"][name]["anyOf"][0]
            if isinstance(entry, Whole):
                assert (schema["minimum"], schema["maximum"]) == (entry.least, entry.most)
            elif schema["type"] == "string":
                assert set(schema["enum"]) == {option.value for option in entry.options}
            else:
                assert schema["type"] == "boolean"
        assert set(get_args(PolicyPreset.model_fields["preset"].annotation)) == set(PRESETS)


@pytest.mark.parametrize(("method", "below", "body"), [*CHANGES, ("POST", None, NEW), ("GET", None, None)])
def test_a_key_without_the_scope_of_settings_does_none_of_it(
    cast: Cast, method: str, below: str | None, body: object
) -> None:
    program = Program.with_token(key_of(cast.chen, set(Scope) - SETTINGS))
    answer = program.call(method, "/organisations" if below is None else of(cast.lumen, below), body)
    assert (answer.status, answer.code) == (403, "scope_not_granted")
    assert not AuditEntry.objects.filter(action__in=["policy.set", "organisation.open"]).exists()
