"""Each call, as a script written for the OVH API would use it."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.records.models import (
    CredentialVersion,
    Observation,
    OutboxEffect,
    OvhCredential,
    Service,
    ServiceMail,
)
from linekey.worker import schedule
from tests.api_ovh.scripts import Script, script_of, send
from tests.build import GOOD_SIP_PASSWORD, Cast
from tests.hands import Hands, work

ACCOUNT = "/telephony/ab12345-lk-1"
LINE = f"{ACCOUNT}/line/0033972101010"
PHONE = f"{ACCOUNT}/line/0033972101011"


def test_ada_reads_her_account(ada: Script) -> None:
    me = ada.get("/me").value
    assert (me["nichandle"], me["firstname"], me["name"]) == ("ab12345-lk", "Ada", "Lemoine")
    assert (me["email"], me["language"]) == ("ada.lemoine@example.org", "fr_FR")


def test_ada_finds_her_lines_under_their_billing_account(ada: Script) -> None:
    assert ada.get("/telephony").value == ["ab12345-lk-1"]
    assert ada.get(ACCOUNT).value["billingAccount"] == "ab12345-lk-1"
    assert ada.get(f"{ACCOUNT}/line").value == ["0033972101010", "0033972101011"]
    assert ada.get("/telephony/lines").value == ["0033972101010", "0033972101011"]


def test_a_line_says_whether_its_password_can_be_chosen(ada: Script) -> None:
    line, phone = ada.get(LINE).value, ada.get(PHONE).value
    assert (line["canChangePassword"], line["deviceSlot"]) == (True, 0)
    assert (phone["canChangePassword"], phone["deviceSlot"]) == (False, 1)
    assert ada.get(f"{LINE}/canChangePassword").value is True
    assert ada.get(f"{PHONE}/canChangePassword").value is False


def test_ada_changes_her_sip_password(ada: Script, cast: Cast) -> None:
    answer = ada.post(f"{LINE}/changePassword", {"password": GOOD_SIP_PASSWORD.reveal()})
    assert (answer.status, answer.value) == (200, None)
    assert CredentialVersion.objects.get(service=cast.line).verb == "change"


def test_the_dialect_cuts_as_it_says_where_both_passwords_could_be_kept(
    ada: Script, cast: Cast, hands: Hands
) -> None:
    """It warns of `sessionCut`, and a script written for it expects the old password to be over."""
    schedule.look_at_elements(hands.outside, timezone.now())
    for password in (GOOD_SIP_PASSWORD.reveal(), "Orage-4422-pluie"):
        ada.post(f"{LINE}/changePassword", {"password": password})
        ada.post("/xdsl/xdsl-ab12345-1/requestPPPLoginMail")
        work(hands)
    assert set(CredentialVersion.objects.values_list("grace", flat=True)) == {0}
    assert not hands.registers(cast.line, GOOD_SIP_PASSWORD.reveal())


def test_the_password_of_a_handset_is_the_handsets(ada: Script) -> None:
    answer = ada.post(f"{PHONE}/changePassword", {"password": GOOD_SIP_PASSWORD.reveal()})
    assert (answer.status, answer.value["details"]["code"]) == (403, "managed_by_phone")
    assert "Yealink T46U" in answer.value["message"]


def test_a_suspended_line_is_460_as_the_dialect_says_it(ada: Script, cast: Cast) -> None:
    cast.line.state = "suspended"
    cast.line.save()
    answer = ada.post(f"{LINE}/changePassword", {"password": GOOD_SIP_PASSWORD.reveal()})
    assert (answer.status, answer.value["httpCode"]) == (460, "460 Resource Expired")
    assert ada.get(f"{LINE}/canChangePassword").value is False


def _seen(service: Service, age: timedelta = timedelta(), **facts: object) -> None:
    Observation.objects.create(service=service, seen_at=timezone.now() - age, online=True, facts=facts)


def test_registrations_tell_where_the_phone_is(ada: Script, cast: Cast) -> None:
    _seen(
        cast.line,
        registrations=[
            {
                "contact": "sip:0033972101010@10.0.0.4:5062;transport=udp",
                "user_agent": "Linphone",
                "received_from": "198.51.100.9:40321",
                "registered_at": "2026-03-02T09:30:00+00:00",
                "expires_seconds": 600,
            },
            {"contact": "<sip:0033972101010@[2001:db8::4]:5060>", "user_agent": "", "registered_at": None},
            {"contact": "", "received_from": "192.0.2.3"},
            {"contact": ""},
        ],
    )
    first, second, third, last = ada.get(f"{LINE}/lastRegistrations").value
    assert first == {
        "datetime": "2026-03-02T10:30:00+01:00",
        "ip": "198.51.100.9",
        "port": 40321,
        "domain": "sip.linekey.test",
        "userAgent": "Linphone",
    }
    assert (second["ip"], second["port"], second["datetime"], second["userAgent"]) == (
        "2001:db8::4",
        5060,
        None,
        None,
    )
    assert (third["ip"], third["port"]) == ("192.0.2.3", None)
    assert (last["ip"], last["port"]) == (None, None)


def test_registrations_are_asked_of_the_network_and_waited_for_a_second(ada: Script, cast: Cast) -> None:
    _seen(cast.line, timedelta(hours=1), registrations=[{"contact": "sip:a@192.0.2.3"}])
    before = timezone.now()
    answer = ada.get(f"{LINE}/lastRegistrations")
    assert timedelta(seconds=1) <= timezone.now() - before < timedelta(seconds=3)
    # What is known is answered, old as it is: no worker runs here.
    assert answer.value[0]["ip"] == "192.0.2.3"
    assert OutboxEffect.objects.filter(service=cast.line, kind="observe").count() == 1


def test_a_line_never_seen_has_no_registrations(ada: Script) -> None:
    assert ada.get(f"{PHONE}/lastRegistrations").value == []


def test_ada_reads_her_access(ada: Script) -> None:
    assert ada.get("/xdsl").value == ["xdsl-ab12345-1"]
    access = ada.get("/xdsl/xdsl-ab12345-1").value
    assert (access["accessName"], access["accessType"], access["status"]) == (
        "xdsl-ab12345-1",
        "ftth",
        "active",
    )


def test_ada_asks_for_her_ppp_login_by_mail(ada: Script, cast: Cast) -> None:
    answer = ada.post("/xdsl/xdsl-ab12345-1/requestPPPLoginMail")
    assert (answer.status, answer.value) == (200, None)
    kinds = list(OutboxEffect.objects.filter(service=cast.access).values_list("kind", flat=True))
    assert "push" in kinds and "deliver" in kinds and "disconnect" in kinds


def test_the_radius_log_is_told_as_the_dialect_does(ada: Script, cast: Cast) -> None:
    line = {"at": "2026-03-02T09:30:00+00:00", "login": "ab12345001", "state": "accepted", "message": "ok"}
    naive = {**line, "at": "2026-07-02T09:30:00"}
    _seen(cast.access, sessions=[], log=[line, naive])
    assert ada.get("/xdsl/xdsl-ab12345-1/radiusConnectionLogs").value == [
        {"date": "2026-03-02T10:30:00+01:00", "login": "ab12345001", "state": "accepted", "message": "ok"},
        {"date": "2026-07-02T09:30:00+02:00", "login": "ab12345001", "state": "accepted", "message": "ok"},
    ]


def test_service_emails_are_listed_and_read(ada: Script, cast: Cast, now: datetime) -> None:
    mails = [
        ServiceMail.objects.create(
            person=person,
            message="ppp",
            message_id=f"{person.pk}@x",
            address=person.email,
            subject="Vos identifiants",
            text="••••",
            html="",
            sent_at=now,
        )
        for person in (cast.ada, cast.eve)
    ]
    assert ada.get("/me/notification/email/history").value == [mails[0].pk]
    read = ada.get(f"/me/notification/email/history/{mails[0].pk}").value
    assert read == {
        "id": mails[0].pk,
        "date": "2026-03-02T10:30:00+01:00",
        "subject": "Vos identifiants",
        "body": "••••",
    }
    assert ada.get(f"/me/notification/email/history/{mails[1].pk}").status == 404


def test_applications_and_keys_are_listed_read_and_taken_back(ada: Script, cast: Cast) -> None:
    other = script_of(cast.ada, [("GET", "/me")], lasts=timedelta(days=7))
    first, second = ada.get("/me/api/application").value
    assert ada.get(f"/me/api/application/{second}").value["applicationKey"] == other.application_key
    (key,) = ada.get(f"/me/api/credential?applicationId={second}").value
    read = ada.get(f"/me/api/credential/{key}").value
    assert (read["status"], read["rules"]) == ("validated", [{"method": "GET", "path": "/me"}])
    assert read["expiration"] is not None and read["ovhSupport"] is False
    assert ada.get(f"/me/api/credential/{key}/application").value["applicationId"] == second

    assert ada.call("PUT", f"/me/api/credential/{key}", {"allowedIPs": ["198.51.100.0/24"]}).value is None
    assert other.get("/me").error == "INVALID_CREDENTIAL"
    assert ada.call("PUT", f"/me/api/credential/{key}", {"allowedIPs": None}).value is None
    assert other.get("/me").status == 200
    assert ada.call("PUT", f"/me/api/credential/{key}", {"allowedIPs": ["x"]}).status == 400

    assert ada.call("DELETE", f"/me/api/credential/{key}").value is None
    assert other.get("/me").error == "INVALID_CREDENTIAL"
    assert ada.call("DELETE", f"/me/api/credential/{key}").status == 404
    assert ada.call("DELETE", f"/me/api/application/{second}").value is None
    assert other.get("/me").error == "INVALID_KEY"
    assert ada.get("/me/api/application").value == [first]
    assert OvhCredential.objects.count() == 1


def test_details_tell_who_calls(ada: Script) -> None:
    details = ada.get("/auth/details").value
    assert (details["account"], details["method"], details["roles"]) == (
        "ab12345-lk",
        "account",
        ["subscriber"],
    )


@pytest.mark.django_db
@pytest.mark.parametrize("section", ["auth", "me", "telephony", "xdsl"])
@pytest.mark.parametrize("prefix", ["1.0", "v1"])
def test_schema_documents_list_the_calls_to_anybody(section: str, prefix: str) -> None:
    schema = send("GET", f"/{prefix}/{section}.json", b"", {}).value
    assert (schema["resourcePath"], schema["basePath"]) == (f"/{section}", "http://localhost:8000/1.0")
    paths = [api["path"] for api in schema["apis"]]
    assert len(paths) == len(set(paths)) and all(path.startswith(f"/{section}") for path in paths)


@pytest.mark.django_db
def test_a_schema_warns_of_what_a_call_destroys() -> None:
    (api,) = (
        api
        for api in send("GET", "/1.0/xdsl.json", b"", {}).value["apis"]
        if api["path"].endswith("requestPPPLoginMail")
    )
    (operation,) = api["operations"]
    assert operation["effects"] == ["newPassword", "sessionCut"]
    assert operation["responseType"] == "void"
    assert [(item["name"], item["paramType"]) for item in operation["parameters"]] == [
        ("serviceName", "path")
    ]
