"""Change, reset, send and retire by a program: what is promised, shown once, and refused."""

from typing import Any

import pytest
from django.utils import timezone

from linekey.records.models import AuditEntry, CredentialVersion, ElementHealth, Service
from linekey.worker import listen, schedule
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


class TestMode:
    """NEW-1: what becomes of the old password, chosen by the program or left to the policy."""

    @pytest.fixture(autouse=True)
    def in_force(self, cast: Cast, ada: Program, hands: Hands) -> None:
        schedule.look_at_elements(hands.outside, timezone.now())
        for reference in (LINE, ACCESS):
            ada.post(f"/services/{reference}/reset", once=f"first-{reference}")
        work(hands)

    def change(self, ada: Program) -> dict[str, Any]:
        told: dict[str, Any] = ada.get(f"/services/{LINE}/progress").value["change"]
        return told

    @pytest.mark.parametrize(("mode", "hours"), [("grace", 72), ("immediate", 0), (None, 72)])
    @pytest.mark.parametrize("verb", ["change", "reset", "send"])
    def test_each_verb_takes_one(self, ada: Program, verb: str, mode: str | None, hours: int) -> None:
        body = NEW if verb == "change" else {}
        reference = ACCESS if verb == "send" else LINE
        assert ada.post(f"/services/{reference}/{verb}", {**body, "mode": mode}).status == 202
        newest = CredentialVersion.objects.get(service__reference=reference, number=2)
        assert newest.grace == hours * 3600

    @pytest.mark.parametrize("mode", ["", "later", 7, ["grace"]])
    def test_no_other_word_is_read(self, ada: Program, mode: object) -> None:
        refused = ada.post(f"/services/{LINE}/reset", {"mode": mode})
        assert (refused.status, refused.value["field"]) == (400, "mode")

    def test_where_the_element_holds_one_password_it_says_so_before_and_after(self, ada: Program) -> None:
        told = ada.get(f"/services/{LINE}").value["rotation"]
        assert told == {"default": "grace", "hours": 72, "why_not": None}
        ElementHealth.objects.update(grace=False)
        told = ada.get(f"/services/{LINE}").value["rotation"]
        assert told == {"default": "immediate", "hours": 72, "why_not": "element"}
        refused = ada.post(f"/services/{LINE}/reset", {"mode": "grace"})
        assert (refused.status, refused.code) == (409, "grace_not_offered")
        assert ada.get(f"/services/{LINE}/progress").value["change"]["grace"] is None

    def test_the_read_tells_when_the_old_one_is_refused_and_who_used_the_new_one(
        self, cast: Cast, ada: Program, hands: Hands
    ) -> None:
        secret = ada.post(f"/services/{LINE}/reset").value["secret"]
        work(hands)
        change = self.change(ada)
        assert change["state"] == "awaited" and change["network_done"]
        assert change["grace"]["open"] and change["grace"]["retire_at"]
        assert change["grace"]["used_at"] is change["grace"]["released_at"] is None
        hands.registers(cast.line, secret)
        listen.turn(hands.outside)
        work(hands)
        change = self.change(ada)
        assert change["state"] == "done" and not change["grace"]["open"]
        assert change["grace"]["used_by"] == "linekey-fake" and change["grace"]["released_at"]

    def test_it_is_cut_before_its_time_once(self, cast: Cast, ada: Program, hands: Hands) -> None:
        secret = ada.post(f"/services/{LINE}/reset", once="second-reset").value["secret"]
        work(hands)
        answers = [ada.post(f"/services/{LINE}/cut") for _ in range(2)]
        assert answers[0].value == answers[1].value and answers[0].value["version"] == 2
        work(hands)
        change = self.change(ada)
        assert change["plan"] == answers[0].value["plan"] and change["state"] == "done"
        assert [step["kind"] for step in change["steps"]] == ["push", "release", "drop", "notify", "watch"]
        assert hands.registers(cast.line, secret)
        over = ada.post(f"/services/{LINE}/cut", once="another-name")
        assert (over.status, over.code) == (409, "grace_over")
