"""Support cases through the API: what agents do, and neither documents nor secrets (ACC-6 to ACC-8)."""

import json
from datetime import datetime

import pytest
from django.utils import timezone

from linekey.domain.access import Scope
from linekey.domain.cases import CaseKind
from linekey.records.models import Person
from tests.api.programs import ACTING, LINE, Call, Program, key_of
from tests.build import Cast
from tests.cases import NEW_ADDRESS, a_case, case_of, confirm_mailbox, follow_token, see_documents
from tests.hands import Hands, work
from tests.lab.second_factors import add_app, add_codes

CALLS = [call for call in ACTING if call.scope == Scope.CASES]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def dina(cast: Cast) -> Program:
    return Program.with_token(key_of(cast.dina, {Scope.CASES}))


@pytest.fixture
def olivia(cast: Cast) -> Program:
    return Program.with_token(key_of(cast.olivia, {Scope.CASES}))


def test_a_case_is_decided_by_the_programs_of_two_agents(
    cast: Cast, now: datetime, hands: Hands, dina: Program, olivia: Program
) -> None:
    add_app(cast.ada, now)
    sheet = add_codes(cast.ada, now)
    reference = a_case(now, hands, kind=CaseKind.FACTOR_LOST)
    place = f"/cases/{reference}"
    assert [row["reference"] for row in dina.get("/cases").value["cases"]] == [reference]
    assert dina.post(f"{place}/propose", {"effects": ["factor_off"]}).code == "proofs_missing"
    wrong = dina.post(f"{place}/code", {"proof": "recovery_code", "code": "x"})
    assert (wrong.status, wrong.code) == (403, "wrong_code")
    right = {"proof": "recovery_code", "code": sheet[1].reveal()}
    assert dina.post(f"{place}/code", right).value == {"reference": reference, "state": "review"}
    assert dina.post(f"{place}/propose", {"effects": ["factor_off"]}).value["state"] == "proposed"
    assert dina.post(f"{place}/confirm").code == "another_agent_needed"
    told = olivia.get(place).value
    assert told["proposed"] == ["factor_off"] and told["may_confirm"] and told["proposed_by"] == "Dina Haddad"
    assert told["documents"] == 1 and told["sent_documents"][0]["media_type"] == "image/png"
    assert olivia.post(f"{place}/confirm").value["state"] == "waiting"
    assert olivia.post(f"{place}/refuse", {"words": "Doute"}).value["state"] == "refused"
    assert dina.get("/cases").value == {"cases": [], "next": None}
    assert dina.get("/cases?open_only=false").value["cases"][0]["state"] == "refused"


def test_the_checklist_is_worked_through(
    cast: Cast, now: datetime, hands: Hands, dina: Program, olivia: Program
) -> None:
    Person.objects.filter(pk=cast.eve.pk).update(extension="12")
    place = f"/cases/{a_case(now, hands, identifier='zz99999-lk', extension='12')}"
    assert dina.post(f"{place}/call-back").status == 404
    assert dina.post(f"{place}/account", {"customer_id": "ab12345-lk"}).status == 200
    assert dina.post(f"{place}/call-back").status == 202
    work(hands)
    code = hands.sms.texts[-1].text.split()[0]
    assert dina.post(f"{place}/code", {"proof": "call_back", "code": code}).status == 200
    assert dina.post(f"{place}/extension").value == {"holds": False}
    assert dina.post(f"{place}/ask", {"words": "Le verso ?"}).value["state"] == "asking"
    work(hands)
    confirm_mailbox(hands, now)
    see_documents(cast, place.removeprefix("/cases/"), now)
    assert dina.post(f"{place}/propose", {"effects": ["replace_email"]}).value["state"] == "proposed"
    assert olivia.post(f"{place}/send-back", {"words": "Flou"}).value["state"] == "review"


def test_a_request_sent_twice_is_done_once(cast: Cast, now: datetime, hands: Hands, dina: Program) -> None:
    place = f"/cases/{a_case(now, hands)}"
    for _ in range(2):
        assert dina.post(f"{place}/call-back").status == 202
        assert dina.post(f"{place}/ask", {"words": "Le verso ?"}).value["state"] == "asking"
    work(hands)
    assert len(hands.sms.texts) == 1
    assert [mail.address for mail in hands.mail.mails].count(NEW_ADDRESS) == 2
    assert dina.post(f"{place}/ask", {"words": "x"}, once="").value["field"] == "Idempotency-Key"
    for _ in range(2):
        assert dina.post(f"{place}/refuse", {"words": "Illisible"}).value["state"] == "refused"


def test_neither_documents_nor_links_nor_codes_are_told(
    cast: Cast, now: datetime, hands: Hands, dina: Program
) -> None:
    reference = a_case(now, hands)
    told = json.dumps(dina.get(f"/cases/{reference}").value)
    assert follow_token(hands).reveal() not in told
    assert not {"sealed", "call_code", "digest", "password"} & set(json.loads(told))
    assert case_of(reference).documents.get().uid in told


BODIES: dict[str, object] = {
    "account": {"customer_id": "x"},
    "code": {"proof": "call_back", "code": "x"},
    "ask": {"words": "x"},
    "propose": {"effects": []},
    "send-back": {"words": "x"},
    "refuse": {"words": "x"},
}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
@pytest.mark.parametrize("who", ["ada", "bruno", "chen", "eve"])
def test_whoever_is_not_support_is_refused(
    cast: Cast, now: datetime, hands: Hands, call: Call, who: str
) -> None:
    """Whether or not the case exists, and whoever it is about."""
    reference = a_case(now, hands)
    program = Program.with_secret(key_of(getattr(cast, who)))
    verb = call.path.rpartition("/")[2]
    for named in (reference, "DOS-0000-0000"):
        path = call.path.removeprefix("/api/v1").replace(LINE, named)
        answer = program.call(call.method, path, BODIES.get(verb))
        assert (answer.status, answer.code) == (403, "not_allowed")


@pytest.mark.parametrize("path", ["/cases/DOS-0000-0000", "/cases/x%00y", "/cases/" + "x" * 100])
def test_unknown_cases_are_not_found(cast: Cast, dina: Program, path: str) -> None:
    assert (dina.get(path).status, dina.get(path).code) == (404, "not_found")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/propose", {"effects": ["sign_in"]}, "0"),
        ("/propose", {}, "effects"),
        ("/code", {"proof": "documents", "code": "x"}, "proof"),
        ("/ask", {"words": "x" * 501}, "words"),
        ("/ask", {"words": ""}, "words"),
        ("/refuse", {"words": "x", "state": "done"}, "state"),
        ("/account", {"customer_id": ["x"]}, "customer_id"),
    ],
)
def test_what_cannot_be_read_is_named(
    cast: Cast, now: datetime, hands: Hands, dina: Program, path: str, body: object, field: str
) -> None:
    answer = dina.post(f"/cases/{a_case(now, hands)}{path}", body)
    assert (answer.status, answer.value["field"]) == (400, field)


def test_the_list_goes_on(cast: Cast, now: datetime, dina: Program) -> None:
    made = [
        a_case(now, contact=f"a{n}@example.org", address=f"192.{n}.2.7", identifier=f"zz{n:05}-lk")
        for n in range(51)
    ]
    first = dina.get("/cases").value
    assert len(first["cases"]) == 50 and first["next"] == made[1]
    assert [row["reference"] for row in dina.get(f"/cases?after={first['next']}").value["cases"]] == [made[0]]
    assert dina.get("/cases?state=sleeping").status == 400
