"""The official `ovh` client, unchanged, against a running Linekey (PPP-7)."""

import ovh
import pytest
from django.utils import timezone
from ovh import client as ovh_client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from linekey.records.models import CredentialVersion
from linekey.usecases.create_application import NewApplication, create_application
from tests.api_ovh.browser import browser_of
from tests.build import GOOD_SIP_PASSWORD, Cast, actor

LINE = "/telephony/ab12345-lk-1/line/0033972101010"


@pytest.fixture
def desk(live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name under which the client finds us; its table of endpoints is how one points it elsewhere."""
    settings.LINEKEY_OVH_URLS = [live_server.url]
    settings.LINEKEY_PUBLIC_URL = live_server.url
    monkeypatch.setitem(ovh_client.ENDPOINTS, "desk", f"{live_server.url}/1.0")
    return "desk"


@pytest.fixture
def application(cast: Cast) -> NewApplication:
    now = timezone.now()
    return create_application(actor=actor(cast.chen, now), name="Facturation", description="", now=now)


@pytest.fixture
def client(desk: str, application: NewApplication) -> ovh.Client:
    return ovh.Client(desk, application.key, application.secret.reveal())


def _ask(client: ovh.Client, *rules: tuple[list[str], str], **more: object) -> str:
    """Ask for a consumer key; the path of the page which validates it."""
    request = client.new_consumer_key_request()
    for methods, path in rules:
        request.add_recursive_rules(methods, path)
    answer = request.request(**more)
    assert answer["state"] == "pendingValidation"
    return "/" + str(answer["validationUrl"]).split("/", 3)[3]


def _decide(cast: Cast, page: str, decision: str = "accept") -> None:
    answer = browser_of(cast.ada).post(page, {"decision": decision, "lasts": "30"})
    assert answer.status_code == 200


def test_ask_validate_in_the_browser_and_call(client: ovh.Client, cast: Cast) -> None:
    page = _ask(client, (ovh.API_READ_WRITE, "/"), redirect_url="https://facturation.example/back")
    with pytest.raises(ovh.exceptions.InvalidCredential):
        client.get("/me")
    _decide(cast, page)

    assert client.get("/me")["nichandle"] == "ab12345-lk"
    assert client.get("/v1/me")["nichandle"] == "ab12345-lk"
    assert client.get("/xdsl") == ["xdsl-ab12345-1"]
    assert client.post("/xdsl/xdsl-ab12345-1/requestPPPLoginMail") is None
    assert client.post(f"{LINE}/changePassword", password=GOOD_SIP_PASSWORD.reveal()) is None
    assert CredentialVersion.objects.count() == 2
    assert client.get("/me/api/credential", status="validated") == [
        client.get("/auth/currentCredential")["credentialId"]
    ]
    assert client.post("/auth/logout") is None
    with pytest.raises(ovh.exceptions.InvalidCredential):
        client.get("/me")


def test_a_refused_key_is_an_invalid_credential(client: ovh.Client, cast: Cast) -> None:
    _decide(cast, _ask(client, (ovh.API_READ_ONLY, "/me")), "refuse")
    with pytest.raises(ovh.exceptions.InvalidCredential, match="OVH-Query-ID: LK"):
        client.get("/me")


def test_each_error_is_the_exception_its_users_catch(client: ovh.Client, cast: Cast) -> None:
    _decide(cast, _ask(client, (ovh.API_READ_WRITE, "/telephony"), (ovh.API_READ_ONLY, "/xdsl")))
    with pytest.raises(ovh.exceptions.NotGrantedCall):
        client.get("/me")
    with pytest.raises(ovh.exceptions.NotGrantedCall):
        client.post("/xdsl/xdsl-ab12345-1/requestPPPLoginMail")
    with pytest.raises(ovh.exceptions.ResourceNotFoundError):
        client.get("/xdsl/xdsl-ev67890-1")
    with pytest.raises(ovh.exceptions.ResourceNotFoundError):
        client.get("/telephony/nothing/at/all")
    with pytest.raises(ovh.exceptions.BadParametersError, match="does not meet the conditions"):
        client.post(f"{LINE}/changePassword", password="short")
    with pytest.raises(ovh.exceptions.Forbidden, match="Yealink"):
        client.post("/telephony/ab12345-lk-1/line/0033972101011/changePassword")
    with pytest.raises(ovh.exceptions.APIError):
        client.put("/telephony", description="x")
    cast.line.state = "suspended"
    cast.line.save()
    with pytest.raises(ovh.exceptions.ResourceExpiredError):
        client.post(f"{LINE}/changePassword")


def test_wrong_keys_are_the_exceptions_their_users_catch(
    desk: str, client: ovh.Client, application: NewApplication, cast: Cast
) -> None:
    _decide(cast, _ask(client, (ovh.API_READ_ONLY, "/")))
    good = {"application_secret": application.secret.reveal(), "consumer_key": client._consumer_key}
    with pytest.raises(ovh.exceptions.InvalidKey):
        ovh.Client(desk, "x" * 16, **good).get("/me")
    with pytest.raises(ovh.exceptions.NotCredential):
        ovh.Client(desk, application.key, application.secret.reveal(), "x" * 32).get("/me")
    with pytest.raises(ovh.exceptions.BadParametersError, match="Invalid signature"):
        ovh.Client(desk, application.key, "x" * 32, client._consumer_key).get("/me")


def test_only_from_the_addresses_that_were_asked_for(client: ovh.Client, cast: Cast) -> None:
    _decide(cast, _ask(client, (ovh.API_READ_ONLY, "/me"), allowedIPs=["198.51.100.0/24"]))
    with pytest.raises(ovh.exceptions.InvalidCredential):
        client.get("/me")
    _decide(cast, _ask(client, (ovh.API_READ_ONLY, "/me"), allowedIPs=["127.0.0.0/8"]))
    assert client.get("/me")["firstname"] == "Ada"


def test_accents_and_blanks_survive_the_way_python_writes_them(client: ovh.Client, cast: Cast) -> None:
    _decide(cast, _ask(client, (ovh.API_READ_WRITE, "/")))
    assert client.get("/me/api/credential", status="é à", applicationId=None) == []
    with pytest.raises(ovh.exceptions.BadParametersError):
        client.post(f"{LINE}/changePassword", password="Été à la mer 12")
