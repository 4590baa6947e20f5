"""Members by a program: the same list, the same help, and nothing of anybody else (TEAM-2, 4, 6, 10)."""

from datetime import datetime

import pytest
from django.utils import timezone

from linekey.domain.access import Scope
from linekey.records.models import Factor, OutboxEffect, Person, Tally
from tests.api.programs import Program, key_of
from tests.build import Cast
from tests.hands import Hands, work
from tests.web_members.conftest import lock

ADA, BRUNO, EVE = "ab12345-lk", "bc23456-lk", "ev67890-lk"
NOUR = {"first_name": "Nour", "last_name": "Dupré", "email": "nour@example.org", "role": "subscriber"}
CHANGES = [
    ("DELETE", "/lock", None),
    ("PUT", "/disabled", {"reason": "administrator"}),
    ("DELETE", "/disabled", None),
    ("PUT", "/role", {"role": "subscriber"}),
    ("POST", "/reset", {"way": "link"}),
    ("DELETE", "/factors", None),
]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def bruno(cast: Cast) -> Program:
    return Program.with_token(key_of(cast.bruno, {Scope.MEMBERS, Scope.READ}))


def told_beside_bruno(hands: Hands) -> list[str]:
    """Bruno is told that he made a key."""
    return [mail.address for mail in hands.mail.mails if not mail.address.startswith("bruno")]


def test_the_list_narrows_as_the_page_does(cast: Cast, bruno: Program, now: datetime) -> None:
    lock(cast.ada, now)
    Person.objects.filter(pk=cast.bruno.pk).update(activated_at=None)

    def found(query: str) -> list[str]:
        return [row["customer_id"] for row in bruno.get(f"/members{query}").value["members"]]

    assert found("") == [BRUNO, ADA]
    assert found("?standing=locked") == [ADA]
    assert found("?standing=not_activated") == [BRUNO]
    assert found("?standing=no_second_factor") == [BRUNO, ADA]
    assert found("?standing=disabled") == []
    assert found("?role=primary_admin") == [BRUNO]
    assert found("?text=ada+lem") == [ADA] and found("?text=ab12345") == [ADA]
    assert found("?text=bruno.carpentier%40example.org") == [BRUNO] and found("?text=bruno.car") == []
    assert found(f"?organisation={cast.lumen.pk}") == [BRUNO, ADA]
    assert found(f"?organisation={cast.verne.pk}") == []
    assert found(f"?after={BRUNO}") == [ADA] and found(f"?after={EVE}") == [BRUNO, ADA]


@pytest.mark.parametrize(
    "query",
    [
        "standing=lost",
        "role=king",
        "organisation=0",
        "organisation=x",
        f"text={'a' * 99}",
        "text=%00",
        "after=é",
    ],
)
def test_what_cannot_be_read_is_refused(bruno: Program, query: str) -> None:
    answer = bruno.get(f"/members?{query}")
    assert (answer.status, answer.code) == (400, "malformed")


def test_a_member_says_how_they_stand_and_what_may_be_done(cast: Cast, bruno: Program) -> None:
    told = bruno.get(f"/members/{ADA}").value
    assert (told["email"], told["role"], told["activated"]) == ("ada.lemoine@example.org", "subscriber", True)
    assert told["actions"] == ["unlock", "reset_member", "give_role", "clear_factors", "disable"]
    assert told["resets"] == ["link"] and told["roles"] == ["company_admin"]
    dina = Program.with_token(key_of(cast.dina, {Scope.MEMBERS}))
    masked = dina.get(f"/members/{ADA}").value
    assert masked["email"] == "a•••@example.org" and masked["actions"] == ["unlock", "reset_member"]


@pytest.mark.parametrize(("method", "leaf", "body"), CHANGES)
@pytest.mark.parametrize("whom", [EVE, "zz99999-lk", "%00", "a" * 99])
def test_a_foreign_member_and_nobody_are_one_answer(
    bruno: Program, method: str, leaf: str, body: object, whom: str
) -> None:
    answer, other = (bruno.call(method, f"/members/{each}{leaf}", body) for each in (whom, "xx00000-lk"))
    assert (answer.status, answer.code) == (404, "not_found") and answer.value == other.value
    assert bruno.get(f"/members/{whom}").value == answer.value


@pytest.mark.parametrize(("method", "leaf", "body"), CHANGES)
def test_a_subscriber_looks_after_nobody(cast: Cast, method: str, leaf: str, body: object) -> None:
    ada = Program.with_token(key_of(cast.ada))
    assert ada.call(method, f"/members/{BRUNO}{leaf}", body).status in (403, 404)
    assert ada.get("/members").code in ("not_allowed", "scope_not_granted")


def test_an_unlocked_member_is_told_as_such(cast: Cast, bruno: Program, now: datetime) -> None:
    lock(cast.ada, now)
    assert bruno.get(f"/members/{ADA}").value["locked_until"]
    answer = bruno.call("DELETE", f"/members/{ADA}/lock")
    assert (answer.status, answer.value["locked_until"]) == (200, None)
    assert not Tally.objects.filter(until__gt=now).exists()


def test_a_disabled_members_own_programs_stop_at_once(cast: Cast, bruno: Program) -> None:
    hers = key_of(cast.ada, {Scope.READ})
    token, secret = Program.with_token(hers), Program.with_secret(hers)
    answer = bruno.call("PUT", f"/members/{ADA}/disabled", {"reason": "administrator"})
    assert (answer.status, answer.value["disabled_for"]) == (200, "administrator")
    for program in (token, secret):
        assert program.get("/me").code == "access_key_not_valid"
    assert bruno.call("DELETE", f"/members/{ADA}/disabled").value["disabled_for"] is None
    assert token.get("/me").code == "access_key_not_valid" and secret.get("/me").status == 200


def test_what_is_owed_to_the_provider_is_refused_a_colleague(cast: Cast, bruno: Program) -> None:
    answer = bruno.call("PUT", f"/members/{ADA}/disabled", {"reason": "payment"})
    assert (answer.status, answer.code) == (403, "not_allowed")
    assert bruno.call("PUT", f"/members/{ADA}/disabled", {"reason": "because"}).code == "malformed"


def test_a_role_is_given_and_a_wider_one_is_not(cast: Cast, bruno: Program) -> None:
    answer = bruno.call("PUT", f"/members/{ADA}/role", {"role": "company_admin"})
    assert (answer.status, answer.value["role"]) == (200, "company_admin")
    assert bruno.call("PUT", f"/members/{ADA}/role", {"role": "primary_admin"}).code == "not_allowed"
    chen = Program.with_token(key_of(cast.chen, {Scope.MEMBERS}))
    answer = chen.call("PUT", f"/members/{ADA}/role", {"role": "primary_admin"})
    assert (answer.status, answer.code) == (409, "has_primary_administrator")


def test_a_reset_sends_what_the_policy_has_and_tells_the_program_nothing(
    cast: Cast, bruno: Program, hands: Hands
) -> None:
    assert bruno.post(f"/members/{ADA}/reset", {"way": "mail"}).code == "policy_forbids"
    for _ in range(2):
        answer = bruno.post(f"/members/{ADA}/reset", {"way": "link"})
        assert (answer.status, answer.value) == (202, {"customer_id": ADA, "way": "link"})
    work(hands)
    assert told_beside_bruno(hands) == [cast.ada.email]
    cast.lumen.policy = {"member_reset": "typed"}
    cast.lumen.save()
    assert bruno.get(f"/members/{ADA}").value["resets"] == ["link"]
    assert bruno.post(f"/members/{ADA}/reset", {"way": "typed"}).code == "malformed"


def test_factors_go_but_not_a_primary_administrators(cast: Cast, bruno: Program, now: datetime) -> None:
    for number, person in enumerate((cast.ada, cast.bruno)):
        Factor.objects.create(uid=f"{number:032}", person=person, kind="totp", name="t", created_at=now)
    assert bruno.call("DELETE", f"/members/{ADA}/factors").value["second_factor"] is False
    chen = Program.with_token(key_of(cast.chen, {Scope.MEMBERS}))
    answer = chen.call("DELETE", f"/members/{BRUNO}/factors")
    assert (answer.status, answer.code) == (409, "only_by_case")
    assert Factor.objects.get().person == cast.bruno


def test_an_invitation_sent_again_is_one(cast: Cast, bruno: Program, hands: Hands) -> None:
    first, again = (bruno.post("/members", NOUR) for _ in range(2))
    assert first.status == 202 and first.value == again.value
    nour = Person.objects.get(email="nour@example.org")
    assert nour.customer_id == first.value["customer_id"] and nour.organisation == cast.lumen
    assert bruno.get(f"/members/{nour.customer_id}").value["activated"] is False
    work(hands)
    assert told_beside_bruno(hands) == ["nour@example.org"]
    taken = bruno.post("/members", NOUR | {"email": cast.chen.email}, once="another-name")
    assert set(taken.value) == {"customer_id"} and taken.status == 202


def test_a_reseller_invites_into_a_company_below_and_nowhere_else(cast: Cast) -> None:
    chen = Program.with_token(key_of(cast.chen, {Scope.MEMBERS}))
    below = chen.post("/members", NOUR | {"organisation": str(cast.lumen.pk)})
    assert Person.objects.get(customer_id=below.value["customer_id"]).organisation == cast.lumen
    foreign = chen.post("/members", NOUR | {"organisation": str(cast.verne.pk)}, once="another-name")
    assert (foreign.status, foreign.code) == (404, "not_found")


@pytest.mark.parametrize(
    "wrong",
    [{"email": "nour"}, {"role": "king"}, {"first_name": "<b>"}, {"email": "a\0@b.example"}, {"x": 1}],
)
def test_an_invitation_that_cannot_be_read_invites_nobody(bruno: Program, wrong: dict[str, object]) -> None:
    answer = bruno.post("/members", NOUR | wrong)
    assert answer.status in (400, 422)
    assert not OutboxEffect.objects.exclude(kind="notify").exists()
