"""A running nginx with the files of deploy/nginx, on free ports, with a throw-away certificate."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from linekey.worker import probes
from linekey.worker.children import die_with_parent
from tests.docs.pages import ROOT
from tests.lab.elements import free_port, need
from tests.lab.product import eventually

FILES = ROOT / "deploy" / "nginx"
DESK, HANDSETS = "desk.example", "provision.desk.example"
_MAIN = """
daemon off;
worker_processes 2;
{user}
pid {folder}/nginx.pid;
error_log {folder}/log/nginx-error.log;
events {{ worker_connections 256; }}
http {{
    # As Debian's own file has it: ours must hold all the same.
    gzip on;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    access_log {folder}/log/other-access.log;
    client_body_temp_path {folder}/temporary/body;
    proxy_temp_path {folder}/temporary/proxy;
    fastcgi_temp_path {folder}/temporary/fastcgi;
    uwsgi_temp_path {folder}/temporary/uwsgi;
    scgi_temp_path {folder}/temporary/scgi;
    include {folder}/linekey.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    folder: Path
    http: int
    https: int
    handsets: int

    def browser(self, *, at: str = "127.0.0.1", name: str = DESK, port: int = 0, **more: Any) -> httpx.Client:
        """One who sits at the loopback address `at`, and trusts the throw-away certificate alone."""
        return _Named(
            name,
            base_url=f"https://127.0.0.1:{port or self.https}",
            transport=httpx.HTTPTransport(verify=self.trusting(), local_address=at),
            timeout=30,
            headers={"Accept-Language": "en"},
            **more,
        )

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "ssl" / "desk.pem"))

    def log(self) -> str:
        return (self.folder / "log" / "nginx-access.log").read_text()


class _Named(httpx.Client):
    """Asks for a name where it knows an address only."""

    def __init__(self, name: str, **more: Any) -> None:
        super().__init__(**more)
        self._name = name

    def send(self, request: httpx.Request, **more: Any) -> httpx.Response:
        request.headers["Host"] = self._name
        request.extensions["sni_hostname"] = self._name
        return super().send(request, **more)


@contextmanager
def nginx(folder: Path, *upstreams: int) -> Iterator[Proxy]:
    """In front of these ports."""
    need("nginx")
    proxy = Proxy(folder, free_port(), free_port(), free_port())
    for name in ("log", "ssl", "snippets", "temporary"):
        (folder / name).mkdir()
    _certify(folder / "ssl")
    ours = _moved((FILES / "linekey.conf").read_text(), proxy, upstreams)
    (folder / "linekey.conf").write_text(ours)
    snippet = (FILES / "linekey-proxy.conf").read_text()
    (folder / "snippets" / "linekey-proxy.conf").write_text(_placed(snippet, folder))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user))
    with (folder / "log" / "nginx-start.log").open("wb") as log:
        server = subprocess.Popen(
            ["nginx", "-p", folder, "-c", folder / "nginx.conf"],
            stdin=subprocess.DEVNULL,
            stderr=log,
            preexec_fn=die_with_parent,
        )
    try:
        eventually(lambda: server.poll() is not None or not probes.free(proxy.handsets, socket.SOCK_STREAM))
        assert server.poll() is None, (folder / "log" / "nginx-start.log").read_text()
        # What it would write there, it cannot: nobody's passport is in a file of a proxy.
        shutil.rmtree(folder / "temporary")
        yield proxy
    finally:
        server.terminate()
        server.wait(10)


def _moved(text: str, proxy: Proxy, upstreams: tuple[int, ...]) -> str:
    """The same on free ports of loopback; each line that is changed must be there."""
    text = re.sub(r"^\s*listen \[::\]:.*\n", "", text, flags=re.MULTILINE)
    for theirs, ours in ((80, proxy.http), (443, proxy.https), (8443, proxy.handsets)):
        text, found = re.subn(rf"listen {theirs}\b", f"listen 127.0.0.1:{ours}", text)
        assert found
    servers = "".join(f"    server 127.0.0.1:{port} max_fails=0;\n" for port in upstreams)
    text, found = re.subn(r"(?:    server 127\.0\.0\.1:80\d\d max_fails=0;\n)+", servers, text)
    assert found == 1
    return _placed(text, proxy.folder)


def _placed(text: str, folder: Path) -> str:
    text = text.replace("/var/log/linekey/", f"{folder}/log/").replace("/var/www/acme", f"{folder}/acme")
    return text.replace("/etc/ssl/linekey/", f"{folder}/ssl/")


def _certify(folder: Path) -> None:
    """One RSA certificate of our own for both names."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DESK)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, (DESK, HANDSETS))), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for which in ("desk", "provision"):
        (folder / f"{which}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / f"{which}.key").write_bytes(kept)
