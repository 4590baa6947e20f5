"""Change, reset, send and retire by a program: what is promised, shown once, and refused."""

import pytest

from linekey.records.models import AuditEntry, CredentialVersion, Service
from tests.api.programs import LINE, ONCE, Program, key_of, send
from tests.build import GOOD_SIP_PASSWORD, Cast
from tests.hands import Hands, work

ACCESS = "xdsl-ab12345-1"
NEW = {"password": GOOD_SIP_PASSWORD.reveal()}


def test_a_password_of_ones_choice(cast: Cast, ada: Program, hands: Hands) -> None:
    answer = ada.post(f"/services/{LINE}/change", NEW)
    assert answer.status == 202 and set(answer.value) == {"reference", "plan", "version"}
    assert (answer.value["reference"], answer.value["version"]) == (LINE, 1)
    work(hands)
    assert hands.registers(cast.line, GOOD_SIP_PASSWORD.reveal())
    entry = AuditEntry.objects.get(action="credential.change")
    assert (entry.actor_id, entry.door) == (cast.ada.pk, "api")


def test_a_reset_shows_the_password_once_and_never_again(cast: Cast, ada: Program, hands: Hands) -> None:
    """CTX-6, law 6."""
    answer = ada.post(f"/services/{ACCESS}/reset")
    assert (answer.status, answer.value["version"]) == (202, 1)
    assert answer.headers["Cache-Control"] == "no-store"
    again = ada.post(f"/services/{ACCESS}/reset")
    assert (again.status, again.code) == (409, "already_shown")
    work(hands)
    assert hands.logs_in(cast.access, answer.value["secret"])
    assert CredentialVersion.objects.count() == 1


def test_a_send_goes_to_the_contact_and_is_not_told_to_the_program(
    cast: Cast, ada: Program, hands: Hands
) -> None:
    answer = ada.post(f"/services/{ACCESS}/send")
    assert answer.status == 202 and set(answer.value) == {"reference", "plan", "version"}
    work(hands)
    assert hands.mail.mails[-1].address == cast.ada.email
    by_link = ada.post(f"/services/{LINE}/send")
    assert (by_link.status, by_link.value["version"]) == (202, None)


def test_a_retired_service_takes_no_password(cast: Cast, chen: Program, ada: Program, hands: Hands) -> None:
    secret = ada.post(f"/services/{LINE}/reset").value["secret"]
    work(hands)
    assert chen.post(f"/services/{LINE}/retire").status == 202
    work(hands)
    assert not hands.registers(cast.line, secret)


@pytest.mark.parametrize("verb", ["change", "reset", "send"])
def test_a_request_sent_again_changes_nothing_twice(ada: Program, verb: str) -> None:
    body = NEW if verb == "change" else None
    first = ada.post(f"/services/{LINE}/{verb}", body)
    again = ada.post(f"/services/{LINE}/{verb}", body)
    if verb != "reset":
        assert again.value == first.value
    assert AuditEntry.objects.filter(action=f"credential.{verb}").count() == 1
    assert ada.post(f"/services/{LINE}/{verb}", body, once="another-one").status in (202, 422)


def test_one_name_on_another_verb_is_another_request(cast: Cast, chen: Program) -> None:
    assert chen.post(f"/services/{LINE}/reset").status == 202
    assert chen.post(f"/services/{LINE}/send").status == 202
    assert chen.post(f"/services/{LINE}/retire").status == 202
    assert AuditEntry.objects.filter(action__startswith="credential.").count() == 3


def test_one_name_of_two_people_is_two_requests(cast: Cast, ada: Program, chen: Program) -> None:
    assert ada.post(f"/services/{LINE}/reset").status == 202
    assert chen.post(f"/services/{LINE}/reset").status == 202


@pytest.mark.parametrize("verb", ["change", "reset", "send", "retire"])
@pytest.mark.parametrize(
    "once", [None, "", "short12", "a" * 65, "with blank", "é" * 10, "\0" * 8, "tab\tbed12"]
)
def test_a_request_without_a_good_name_is_refused(ada: Program, verb: str, once: str | None) -> None:
    headers = {"Authorization": f"Bearer {ada.bearer}"}
    if once is not None:
        headers["Idempotency-Key"] = once
    answer = send(
        "POST", f"/api/v1/services/{LINE}/{verb}", NEW if verb == "change" else None, headers=headers
    )
    assert (answer.status, answer.code, answer.value["field"]) == (400, "malformed", "Idempotency-Key")
    assert not CredentialVersion.objects.exists()


@pytest.mark.parametrize("once", ["12345678", "a" * 64, '"quoted-key"', ONCE, "!#$%&'*+-.^_`|~"])
def test_names_of_every_usual_form_are_taken(ada: Program, once: str) -> None:
    assert ada.post(f"/services/{LINE}/reset", once=once).status == 202


def test_a_password_that_breaks_rules_names_each(ada: Program) -> None:
    answer = ada.post(f"/services/{LINE}/change", {"password": "Lemoine"})
    assert (answer.status, answer.code) == (422, "password_refused")
    broken = {rule["rule"]: rule["advice"] for rule in answer.value["broken"]}
    assert {"length", "personal"} <= set(broken)
    assert broken["length"] == "Use at least 8 and at most 20 characters."
    assert "Lemoine" not in str(answer.value)


def test_what_a_service_cannot_do_is_said(cast: Cast, ada: Program, chen: Program) -> None:
    managed = ada.post("/services/0033972101011/reset")
    assert (managed.status, managed.code) == (409, "managed_by_phone") and "Yealink" in managed.value[
        "detail"
    ]
    assert ada.post(f"/services/{ACCESS}/change", NEW).code == "verb_not_offered"
    assert ada.post(f"/services/{LINE}/retire").code == "not_allowed"
    assert chen.post(f"/services/{LINE}/change", NEW).code == "not_allowed"
    assert chen.post("/services/FPC172947/send").code == "no_contact"
    Service.objects.filter(reference=LINE).update(state="suspended")
    assert ada.post(f"/services/{LINE}/reset").code == "service_not_active"
    assert ada.get(f"/services/{LINE}").value["actions"] == []


def test_an_offered_action_is_one_that_works(cast: Cast) -> None:
    """What the page of a service offers to a key is what its calls accept."""
    for person in (cast.ada, cast.bruno, cast.chen, cast.dina, cast.olivia):
        program = Program.with_token(key_of(person))
        for row in program.get("/services").value["services"]:
            reference = row["reference"]
            offered = program.get(f"/services/{reference}").value["actions"]
            for verb in ("change", "reset", "send", "retire"):
                body = {"password": f"Tilleul-4718-b{person.pk}"} if verb == "change" else None
                once = f"{person.pk}-{reference}"
                answer = program.post(f"/services/{reference}/{verb}", body, once=once)
                assert (verb in offered) == (answer.status == 202), (reference, verb)
