"""Who is let through: keys, rules, addresses, clocks; and what is nobody's business."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linekey.domain.secret import Secret
from linekey.records.models import CredentialVersion, OvhCredential
from linekey.usecases import authorise_application
from tests.api_ovh.scripts import Script, script_of
from tests.api_ovh.test_errors import require_readable
from tests.build import GOOD_SIP_PASSWORD, Cast, actor

LINE = "/telephony/ab12345-lk-1/line/0033972101010"


def _refused(script: Script, path: str, error: str, status: int = 403, **more: object) -> None:
    answer = script.get(path, **more)
    assert (answer.status, answer.error) == (status, error)
    require_readable(answer)


def test_me_is_me_alone(cast: Cast) -> None:
    script = script_of(cast.ada, [("GET", "/me")])
    assert script.get("/me").status == 200
    _refused(script, "/me/api/application", "NOT_GRANTED_CALL")


def test_a_star_is_everything(cast: Cast) -> None:
    script = script_of(cast.ada, [("GET", "/*")])
    assert script.get("/me/api/application").status == 200


def test_what_is_below_telephony_is_not_telephony(cast: Cast) -> None:
    script = script_of(cast.ada, [("GET", "/telephony/*")])
    assert script.get("/telephony/lines").status == 200
    _refused(script, "/telephony", "NOT_GRANTED_CALL")


def test_the_right_to_read_is_not_the_right_to_change(cast: Cast) -> None:
    script = script_of(cast.ada, [("GET", "/*")])
    assert script.post(f"{LINE}/changePassword").error == "NOT_GRANTED_CALL"
    assert not CredentialVersion.objects.exists()


def test_a_key_can_always_tell_what_it_is_and_end_itself(cast: Cast) -> None:
    script = script_of(cast.ada, [("GET", "/me")])
    assert script.get("/auth/currentCredential").value["rules"] == [{"method": "GET", "path": "/me"}]
    assert script.get("/auth/details").value["allowedRoutes"] == [{"method": "GET", "path": "/me"}]
    assert script.post("/auth/logout").value is None
    _refused(script, "/me", "INVALID_CREDENTIAL")


def test_a_key_past_its_end_is_refused_and_says_expired(cast: Cast) -> None:
    script = script_of(cast.ada, lasts=timedelta(days=1))
    other = script_of(cast.ada)
    assert script.get("/me").status == 200
    OvhCredential.objects.filter(expires_at__isnull=False).update(expires_at=timezone.now())
    _refused(script, "/me", "INVALID_CREDENTIAL")
    assert len(other.get("/me/api/credential?status=expired").value) == 1


@pytest.mark.parametrize("decided", [False, True])
def test_a_pending_or_refused_key_is_not_valid(ada: Script, cast: Cast, decided: bool) -> None:
    now = timezone.now()
    new = authorise_application.ask_credential(
        application_key=ada.application_key, rules=[("GET", "/*")], redirection="", allowed_ips=[], now=now
    )
    if decided:
        authorise_application.refuse(actor=actor(cast.ada), token=new.validation_token, now=now)
    _refused(ada.but(consumer_key=new.consumer_key.reveal()), "/me", "INVALID_CREDENTIAL")


def test_a_key_nobody_was_given_does_not_exist(ada: Script) -> None:
    _refused(ada.but(consumer_key="x" * 32), "/me", "NOT_CREDENTIAL")


def test_a_key_of_another_application_does_not_exist(ada: Script, cast: Cast) -> None:
    _refused(ada.but(consumer_key=script_of(cast.ada).consumer_key), "/me", "NOT_CREDENTIAL")


def test_an_application_nobody_made_is_an_invalid_key(ada: Script) -> None:
    _refused(ada.but(application_key="x" * 16), "/me", "INVALID_KEY")


def test_a_forged_signature_is_refused(ada: Script) -> None:
    _refused(ada.but(application_secret="x" * 32), "/me", "INVALID_SIGNATURE", status=400)


@pytest.mark.parametrize("signature", ["", "$1$", "$2$abc", "é", "x" * 10_000])
def test_a_signature_that_is_none_is_refused(ada: Script, signature: str) -> None:
    _refused(ada, "/me", "INVALID_SIGNATURE", status=400, **{"X-Ovh-Signature": signature})


@pytest.mark.parametrize("skew", [timedelta(minutes=-6), timedelta(minutes=6), timedelta(days=-9999)])
def test_a_signature_out_of_its_time_is_refused(ada: Script, skew: timedelta) -> None:
    at = int((timezone.now() + skew).timestamp())
    _refused(ada, "/me", "QUERY_TIME_OUT", status=400, at=at)


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "²", "9" * 400])
def test_a_timestamp_that_is_none_is_refused(ada: Script, timestamp: str) -> None:
    _refused(ada, "/me", "QUERY_TIME_OUT", status=400, **{"X-Ovh-Timestamp": timestamp})


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("192.0.2.7", True),
        ("::ffff:192.0.2.7", True),
        ("198.51.100.1", False),
        ("", False),
        ("2001:db8::1", False),
    ],
)
def test_a_key_works_from_its_networks_alone(cast: Cast, address: str, good: bool) -> None:
    script = script_of(cast.ada, allowed_ips=["192.0.2.0/24"])
    answer = script.get("/me", address=address)
    assert answer.status == (200 if good else 403)
    assert good or answer.error == "INVALID_CREDENTIAL"


def test_a_disabled_persons_key_is_not_valid(ada: Script, cast: Cast) -> None:
    cast.ada.is_active = False
    cast.ada.save()
    _refused(ada, "/me", "INVALID_CREDENTIAL")


@pytest.mark.parametrize(
    ("foreign", "unknown"),
    [
        ("/xdsl/xdsl-ev67890-1", "/xdsl/xdsl-nobody-1"),
        ("/xdsl/xdsl-ev67890-1/radiusConnectionLogs", "/xdsl/xdsl-nobody-1/radiusConnectionLogs"),
        ("/telephony/ev67890-lk-1", "/telephony/nobody"),
        ("/telephony/ev67890-lk-1/line", "/telephony/nobody/line"),
        ("/telephony/ev67890-lk-1/line/0033972202020", "/telephony/nobody/line/00339"),
        ("/telephony/ab12345-lk-1/line/0033972202020", "/telephony/ab12345-lk-1/line/%00"),
        ("/telephony/ab12345-lk-1/line/xdsl-ab12345-1", "/telephony/%00/line"),
        ("/xdsl/0033972101010", "/xdsl/" + "x" * 3000),
    ],
)
def test_foreign_and_unknown_are_the_same_answer(ada: Script, foreign: str, unknown: str) -> None:
    theirs, nobodys = ada.get(foreign), ada.get(unknown)
    assert theirs.status == 404
    assert theirs.value == nobodys.value
    require_readable(theirs)


def test_foreign_applications_keys_and_mails_are_unknown(ada: Script, cast: Cast) -> None:
    script_of(cast.eve)
    application = OvhCredential.objects.get(person=cast.eve).application_id
    credential = OvhCredential.objects.get(person=cast.eve).pk
    for path in (
        f"/me/api/application/{application}",
        f"/me/api/credential/{credential}",
        f"/me/api/credential/{credential}/application",
        "/me/notification/email/history/1",
    ):
        assert ada.get(path).status == 404
    assert ada.call("DELETE", f"/me/api/application/{application}").status == 404
    assert ada.call("DELETE", f"/me/api/credential/{credential}").status == 404
    assert ada.call("PUT", f"/me/api/credential/{credential}", {"allowedIPs": []}).status == 404


def test_a_foreign_line_cannot_be_changed(ada: Script, cast: Cast) -> None:
    body = {"password": GOOD_SIP_PASSWORD.reveal()}
    assert ada.post("/telephony/ev67890-lk-1/line/0033972202020/changePassword", body).status == 404
    assert ada.post("/xdsl/xdsl-ev67890-1/requestPPPLoginMail").status == 404
    assert not CredentialVersion.objects.exists()


def test_support_sends_and_never_chooses(cast: Cast) -> None:
    dina = script_of(cast.dina)
    chosen = dina.post(f"{LINE}/changePassword", {"password": GOOD_SIP_PASSWORD.reveal()})
    assert (chosen.status, chosen.error) == (403, "FORBIDDEN")
    assert dina.post(f"{LINE}/changePassword").value is None


def test_a_key_in_an_error_or_a_repr_is_hidden(ada: Script) -> None:
    assert ada.consumer_key not in repr(Secret(ada.consumer_key))
    assert ada.consumer_key not in str(ada.get("/nothing").value)
