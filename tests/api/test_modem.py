"""PPP-2 as an auto-configuration server tells it."""

from django.test import Client

from linekey.usecases import renew_after_reset
from tests.api.programs import ACCESS, LINE, Program
from tests.build import Cast

RESET = f"/services/{ACCESS}/modem-reset"


def test_ppp_2_a_server_which_repeats_its_event_renews_once(chen: Program, cast: Cast) -> None:
    first = chen.post(RESET, once="bootstrap-202BC1-1")
    assert first.status == 202
    assert first.value["reference"] == ACCESS and first.value["version"] == 1
    assert "secret" not in first.value
    assert chen.post(RESET, once="bootstrap-202BC1-1").value == first.value
    assert chen.post(RESET, once="bootstrap-202BC1-2").value["version"] == 2


def test_ppp_2_a_boot_loop_is_told_when_to_come_back(chen: Program) -> None:
    for number in range(renew_after_reset.MOST):
        assert chen.post(RESET, once=f"bootstrap-{number}").status == 202
    refused = chen.post(RESET, once="bootstrap-one-too-many")
    assert (refused.status, refused.code) == (429, "modem_reset_too_often")
    assert 86_000 < int(refused.headers["Retry-After"]) <= 86_400


def test_the_same_name_on_another_call_is_another_request(chen: Program, cast: Cast) -> None:
    assert chen.post(f"/services/{ACCESS}/send", once="bootstrap-1").value["version"] == 1
    assert chen.post(RESET, once="bootstrap-1").value["version"] == 2


def test_a_line_and_what_is_not_there_are_refused_in_words(chen: Program, reader: Program) -> None:
    assert chen.post(f"/services/{LINE}/modem-reset").code == "verb_not_offered"
    assert chen.post("/services/xdsl-ev67890-1/modem-reset").code == "not_found"
    assert reader.post(RESET).code == "scope_not_granted"


def test_without_a_name_the_event_is_refused(chen: Program, cast: Cast) -> None:
    headers = {"Authorization": f"Bearer {chen.bearer}"}
    assert Client().post(f"/api/v1{RESET}", headers=headers).status_code == 400
    assert cast.access.versions.count() == 0
