"""deploy/nginx on a running nginx, in front of running web processes: what it promises, it keeps."""

import json
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Thread

import httpx
import pytest
from pytest_django import DjangoDbBlocker

from linekey.records.models import OpenSession
from tests.build import PORTAL_PASSWORD, Cast, build_cast
from tests.deploy.desk import BEHIND_NGINX, Desk, desks
from tests.deploy.proxy import HANDSETS, Proxy, nginx
from tests.docs.pages import ROOT
from tests.lab.elements import need
from tests.lab.product import eventually

pytestmark = pytest.mark.real
OURS = {"Origin": "https://desk.example", "Referer": "https://desk.example/connexion"}
STRANGER = "127.0.0.9"
"""All of 127.0.0.0/8 is this machine; only 127.0.0.1 is the load balancer the file names."""


@pytest.fixture(scope="module")
def web(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Desk]]:
    with django_db_blocker.unblock(), desks(tmp_path_factory.mktemp("web"), 2, **BEHIND_NGINX) as two:
        yield two


@pytest.fixture(scope="module")
def proxy(web: list[Desk], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with nginx(tmp_path_factory.mktemp("nginx"), *(desk.port for desk in web)) as one:
        yield one


def form_token(page: httpx.Response) -> str:
    found = re.search(r'csrfmiddlewaretoken" value="(\w+)', page.text)
    assert found, page.text
    return found[1]


@pytest.mark.django_db(transaction=True)
def test_ada_signs_in_over_https_and_is_known_by_her_own_address(proxy: Proxy, now: datetime) -> None:
    cast: Cast = build_cast(now)
    with proxy.browser(at=STRANGER) as browser:
        # What she says of where she comes from is nobody's word but hers.
        lies = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "Forwarded": "for=203.0.113.9"}
        typed = {"identifier": cast.ada.customer_id, "password": PORTAL_PASSWORD.reveal()}
        typed["csrfmiddlewaretoken"] = form_token(browser.get("/connexion"))
        answer = browser.post("/connexion", data=typed, headers=OURS | lies)
        assert answer.status_code == 303
        assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))
        assert cast.ada.first_name in browser.get("/").text
    assert list(OpenSession.objects.values_list("address", flat=True)) == [STRANGER]


def test_every_answer_says_to_come_back_by_https_and_how_to_behave(proxy: Proxy) -> None:
    with proxy.browser() as browser:
        for page in ("/connexion", "/nulle-part", "/metrics"):
            answer = browser.get(page)
            assert answer.headers["Strict-Transport-Security"] == "max-age=63072000", page
            assert "server" in answer.headers and "/" not in answer.headers["server"]
        assert "default-src 'none'" in browser.get("/connexion").headers["Content-Security-Policy"]
        assert browser.get("/metrics").status_code == 404
        assert "Content-Encoding" not in browser.get("/connexion").headers, "a page may hold a secret"
        assert browser.get("/static/linekey/layout.css").headers["Content-Encoding"] == "gzip"


def test_without_tls_there_is_a_redirect_and_for_nobodys_name_nothing(proxy: Proxy) -> None:
    plain = f"http://127.0.0.1:{proxy.http}/connexion?next=/"
    answer = httpx.get(plain, headers={"Host": "desk.example"})
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://desk.example/connexion?next=/")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(plain, headers={"Host": "evil.example"})
    with pytest.raises(httpx.ConnectError), proxy.browser(name="evil.example") as browser:
        browser.get("/connexion")


def spoken(proxy: Proxy, port: int, name: str, newest: ssl.TLSVersion) -> tuple[str | None, str | None]:
    """Version and protocol which are agreed upon; raises SSLError when there is none."""
    context = proxy.trusting()
    context.maximum_version = newest
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", port)) as wire,
        context.wrap_socket(wire, server_hostname=name) as secure,
    ):
        return secure.version(), secure.selected_alpn_protocol()


def test_browsers_speak_the_newest_tls_and_http_2_and_handsets_may_be_older(proxy: Proxy) -> None:
    assert spoken(proxy, proxy.https, "desk.example", ssl.TLSVersion.TLSv1_3) == ("TLSv1.3", "h2")
    with pytest.raises(ssl.SSLError):
        spoken(proxy, proxy.https, "desk.example", ssl.TLSVersion.TLSv1_2)
    assert spoken(proxy, proxy.handsets, HANDSETS, ssl.TLSVersion.TLSv1_2)[0] == "TLSv1.2"


def test_the_door_for_handsets_is_at_its_own_name_only(proxy: Proxy) -> None:
    with proxy.browser() as browser:
        assert browser.get("/provision/abc/y000.cfg").headers["Content-Type"] == "text/html", "nginx's own"
    with proxy.browser(name=HANDSETS, port=proxy.handsets) as handset:
        answer = handset.get("/provision/abc/y000.cfg")
        assert (answer.status_code, answer.text) == (404, "Not found\n")
        assert answer.headers["Referrer-Policy"] == "no-referrer", "Linekey's own"
        assert "X-Request-Id" not in handset.get("/connexion").headers, "no page is asked for by this name"


def test_only_the_load_balancer_asks_whether_it_is_ready(proxy: Proxy) -> None:
    with proxy.browser() as balancer, proxy.browser(at=STRANGER) as stranger:
        assert balancer.get("/healthz").json() == {"alive": True}
        assert balancer.get("/readyz").status_code == 200
        assert stranger.get("/readyz").status_code == stranger.get("/healthz").status_code == 403


def test_a_number_leads_through_every_log_and_no_token_stands_in_one(proxy: Proxy) -> None:
    with proxy.browser() as browser:
        answer = browser.get("/connexion", headers={"X-Request-Id": "trace-0001"})
        assert answer.headers["X-Request-Id"] == "trace-0001"
        drawn = browser.get("/connexion", headers={"X-Request-Id": "two words"}).headers["X-Request-Id"]
        assert re.fullmatch(r"[0-9a-f]{32}", drawn)
        for page in ("/lien/s3cr3t", "/li%65n/s3cr3t", "/mot-de-passe-perdu/s3cr3t/verifier"):
            browser.get(page)
        browser.get("/auth/?credentialToken=s3cr3t")
    eventually(lambda: "/auth/" in proxy.log())
    lines = [json.loads(line) for line in proxy.log().splitlines()]
    assert {"trace-0001", drawn} <= {line["request_id"] for line in lines}
    assert "/lien/..." in {line["page"] for line in lines}
    logs = "".join(log.read_text() for log in (proxy.folder / "log").iterdir())
    assert "s3cr3t" not in logs


def test_a_flood_of_forms_is_held_off_and_nobody_else_is(proxy: Proxy) -> None:
    def send(at: str, number: int) -> list[int]:
        with proxy.browser(at=at) as browser:
            return [browser.post("/connexion").status_code for _ in range(number)]

    with ThreadPoolExecutor(4) as flood:
        answers = [
            status for found in flood.map(lambda _: send("127.0.0.7", 8), range(4)) for status in found
        ]
    assert answers.count(429) >= 8 and answers.count(403) >= 20, "403: a form without its token"
    assert send("127.0.0.8", 1) == [403]
    with proxy.browser(at="127.0.0.7") as browser:
        assert browser.get("/connexion").status_code == 200, "looking is not sending"


def test_documents_are_taken_up_to_their_size_and_never_laid_in_a_file(proxy: Proxy) -> None:
    """The folder for files does not exist: where nginx wanted one, it would answer 500."""
    with proxy.browser() as browser:
        page = "/aide-connexion/dossier/telephone"
        assert browser.post(page, content=bytes(53_000_000)).status_code == 403, "no token, but taken"
        assert browser.post(page, content=bytes(54_000_000)).status_code == 413
        assert browser.post("/langue", content=bytes(3_000_000)).status_code == 413
        refused = browser.post("/api/v1/webhooks", content=bytes(1_500_000))
        assert refused.headers["Content-Type"] == "application/problem+json", "by Linekey, and it arrived"


def test_the_log_is_rotated_and_goes_on(proxy: Proxy, tmp_path: Path) -> None:
    need("logrotate")
    ours = (ROOT / "deploy" / "logrotate" / "linekey").read_text()
    ours = ours.replace("/var/log/linekey", str(proxy.folder / "log")).replace("www-data adm", "")
    rules = tmp_path / "linekey"
    rules.write_text(ours.replace("/run/nginx.pid", str(proxy.folder / "nginx.pid")))
    rules.chmod(0o644)
    dry = subprocess.run(["logrotate", "-d", rules], capture_output=True, text=True, check=True)
    assert "error" not in dry.stderr
    with proxy.browser() as browser:
        browser.get("/connexion", headers={"X-Request-Id": "before-it"})
        subprocess.run(["logrotate", "-f", "-s", tmp_path / "state", rules], check=True)
        eventually(lambda: (proxy.folder / "log" / "nginx-access.log").exists())
        (rotated,) = (proxy.folder / "log").glob("nginx-access.log-*")
        eventually(lambda: browser.get("/connexion").status_code == 200 and "connexion" in proxy.log())
    assert "before-it" in rotated.read_text()


class Deaf:
    """Takes each request, and goes away without an answer."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.asked: list[str] = []
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while True:
            taken, _ = self._socket.accept()
            with taken:
                said = taken.recv(4096).decode()
                if said == "enough":
                    return
                self.asked.append(said.split(" ")[0])

    def close(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as wire:
            wire.sendall(b"enough")
        self._thread.join()
        self._socket.close()


def test_a_form_that_was_sent_is_not_sent_again_elsewhere_and_a_page_is(tmp_path: Path) -> None:
    one, other = Deaf(), Deaf()
    try:
        with nginx(tmp_path, one.port, other.port) as proxy, proxy.browser() as browser:
            assert browser.get("/connexion").status_code == 502
            assert len(one.asked) == len(other.asked) == 1
            assert browser.post("/connexion").status_code == 502
            assert (one.asked + other.asked).count("POST") == 1
    finally:
        one.close()
        other.close()


def test_a_process_that_is_gone_is_not_noticed(proxy: Proxy, web: list[Desk]) -> None:
    """The last test here: one of the two does not come back."""
    web[0].close()
    with proxy.browser() as browser:
        assert {browser.get("/connexion").status_code for _ in range(6)} == {200}
        assert {browser.post("/langue").status_code for _ in range(6)} == {403}, "forms it refused to take"
