"""Events go to the internet, or to a network the operator opened, and nowhere else, whatever a name says.

The fake is held to what the wire does where both can be asked.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from linekey.delivery.fakes import FakeWebhooks
from linekey.delivery.webhook import EXCERPT, Answered, Webhooks
from linekey.domain.trouble import Rejected, Unreachable
from tests.receiver import LOOPBACK, Receiver, receiving

HEADERS = {"webhook-id": "evt_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
BODY = b'{"type":"webhook.test"}'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def names(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    return lambda host, port: addresses


def test_an_event_arrives_as_it_was_signed(receiver: Receiver) -> None:
    receiver.answer = b"thanks"
    answered = Webhooks(opened=LOOPBACK).post(receiver.url, HEADERS, BODY)
    assert answered == Answered(200, "thanks")
    assert (receiver.taken[0].id, receiver.taken[0].body) == ("evt_1", BODY)


def test_the_fake_answers_alike(receiver: Receiver) -> None:
    fake = FakeWebhooks()
    assert fake.post(receiver.url, HEADERS, BODY) == Webhooks(opened=LOOPBACK).post(
        receiver.url, HEADERS, BODY
    )
    for wire in (fake, Webhooks(opened=LOOPBACK)):
        receiver.status, receiver.headers = 503, {"Retry-After": "60"}
        fake.answers[receiver.url] = Answered(503, "", 60)
        assert wire.post(receiver.url, HEADERS, BODY) == Answered(503, "", 60)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1", "100.64.0.1"],
)
def test_nothing_is_sent_inside(receiver: Receiver, address: str) -> None:
    url = f"https://inside.example:{receiver.port}/"
    with pytest.raises(Rejected, match="private network"):
        Webhooks(resolve=names(address)).post(url, HEADERS, BODY)
    with pytest.raises(Rejected, match="private network"):
        Webhooks(resolve=names("8.8.8.8", address)).post(url, HEADERS, BODY)
    assert receiver.taken == []


def test_an_address_written_as_such_is_looked_at_too(receiver: Receiver) -> None:
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1"):
        with pytest.raises(Rejected):
            Webhooks().post(f"https://{host}:{receiver.port}/", HEADERS, BODY)
    assert receiver.taken == []


def test_clear_text_never_goes_to_the_internet() -> None:
    with pytest.raises(Rejected, match="https"):
        Webhooks(resolve=names("8.8.8.8"), opened=LOOPBACK).post("http://out.example/", HEADERS, BODY)


def test_a_name_that_changes_its_mind_is_not_asked_twice(receiver: Receiver) -> None:
    """DNS rebinding: the first answer was looked at, so the first answer is connected to."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    url = f"http://rebinding.example:{receiver.port}/"
    opened = (ip_network("127.0.0.1/32"),)
    assert Webhooks(opened=opened, resolve=rebinding).post(url, HEADERS, BODY).status == 200
    assert asked == ["rebinding.example"]


def test_no_redirect_is_followed(receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.status, receiver.headers = 302, {"Location": elsewhere.url}
        assert Webhooks(opened=LOOPBACK).post(receiver.url, HEADERS, BODY).status == 302
        assert elsewhere.taken == []


def test_an_answer_is_kept_short_and_inert(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 500, b"<b>\x1b[31m\r\nno\xff" + b"x" * 100_000
    answered = Webhooks(opened=LOOPBACK).post(receiver.url, HEADERS, BODY)
    assert answered.status == 500 and len(answered.excerpt) == EXCERPT
    assert answered.excerpt.isprintable() or "\ufffd" in answered.excerpt
    assert "\x1b" not in answered.excerpt and "\n" not in answered.excerpt


@pytest.mark.parametrize("asked", ["soon", "-1", "9" * 8, "²", ""])
def test_a_wish_to_be_asked_later_is_seconds_or_nothing(receiver: Receiver, asked: str) -> None:
    receiver.status = 503
    receiver.headers = {"Retry-After": asked} if asked.isascii() else {}
    assert Webhooks(opened=LOOPBACK).post(receiver.url, HEADERS, BODY).retry_after == 0


def test_a_host_without_address_is_tried_again() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror

    for resolve in (unknown, names()):
        with pytest.raises(Unreachable, match="no address"):
            Webhooks(resolve=resolve).post("https://nobody.example/", HEADERS, BODY)


def test_a_closed_door_is_tried_again() -> None:
    with receiving() as gone:
        url = gone.url
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        Webhooks(opened=LOOPBACK).post(url, HEADERS, BODY)


@pytest.mark.parametrize("secure", [False, True])
def test_whoever_drips_is_cut_off(secure: bool) -> None:
    """A byte now and then keeps a socket's timeout from ever coming."""
    with _dripping() as port:
        began = time.monotonic()
        wire = Webhooks(opened=LOOPBACK, timeout=0.6, trust=ssl.create_default_context())
        with pytest.raises(Unreachable):
            wire.post(f"http{'s' * secure}://127.0.0.1:{port}/", HEADERS, BODY)
        assert time.monotonic() - began < 5


def test_the_name_is_proven_though_the_address_was_chosen(tmp_path: Path) -> None:
    certificate, context = _certified(tmp_path, "erp.example")
    trust = ssl.create_default_context(cafile=str(certificate))
    with _served(context) as port:
        wire = Webhooks(opened=LOOPBACK, resolve=names("127.0.0.1"), trust=trust, timeout=5)
        assert wire.post(f"https://erp.example:{port}/", HEADERS, BODY).status == 204
        with pytest.raises(Unreachable, match="certificate"):
            wire.post(f"https://other.example:{port}/", HEADERS, BODY)
        stranger = Webhooks(opened=LOOPBACK, resolve=names("127.0.0.1"), timeout=5)
        with pytest.raises(Unreachable, match="certificate"):
            stranger.post(f"https://erp.example:{port}/", HEADERS, BODY)


@contextmanager
def _listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve() -> None:
            while not over.is_set():
                try:
                    taken, _ = server.accept()
                except TimeoutError:
                    continue
                with taken:
                    try:
                        answer(taken)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            over.set()
            thread.join()


@contextmanager
def _dripping() -> Iterator[int]:
    def drip(taken: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 30:
            taken.sendall(bytes([byte]))
            time.sleep(0.05)

    with _listening(drip) as port:
        yield port


@contextmanager
def _served(context: ssl.SSLContext) -> Iterator[int]:
    def answer(taken: socket.socket) -> None:
        with context.wrap_socket(taken, server_side=True) as secure:
            secure.recv(4096)
            secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with _listening(answer) as port:
        yield port


def _certified(folder: Path, host: str) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, kept = folder / "certificate.pem", folder / "key.pem"
    shown.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    kept.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, kept)
    return shown, context
