"""PPP-4, PPP-5, PPP-7: the official `ovh` client asks for new PPPoE credentials; mail, RADIUS and access server follow."""

import re
import time
from typing import Any

import ovh
import pytest

from tests.lab.product import Product, eventually
from tests.lab.radius_client import Protocol

pytestmark = pytest.mark.real

PROTOCOLS: tuple[Protocol, ...] = ("pap", "chap", "mschapv2")


def test_new_credentials_by_the_official_client_reach_mail_radius_and_access_server(product: Product) -> None:
    facts = product.facts["ovh"]
    login, held = facts["ppp_login"], facts["ppp_password"]
    client = official_client(product)
    for protocol in PROTOCOLS:
        assert eventually(lambda: product.login(login, held, protocol)), protocol
    assert product.account_start(login, "live-1")
    mails_before = len(product.mails())

    asked_at = time.monotonic()
    assert client.post(f"/xdsl/{facts['xdsl']}/requestPPPLoginMail") is None

    mail = eventually(lambda: _credentials_mail(product, mails_before))
    text = mail.get_body(("plain",)).get_content()
    assert login in text and product.account("subscriber")["customer_id"] in text
    fresh = re.search(r"^\s*(?:Nouveau m|M)ot de passe[^:]*:\s*(\S+)", text, re.MULTILINE)
    assert fresh is not None, text
    for protocol in PROTOCOLS:
        assert eventually(lambda: product.login(login, held, protocol) is False), protocol
    assert time.monotonic() - asked_at < 5, "minutes at the seed, seconds here"
    for protocol in PROTOCOLS:
        assert product.login(login, fresh[1], protocol) is True, protocol

    log = eventually(lambda: _answered(client, facts["xdsl"]))
    assert log
    facts["ppp_password"] = fresh[1]


def official_client(product: Product) -> Any:
    """Pointed at the product as the reference tells integrators to."""
    facts = product.facts["ovh"]
    ovh.client.ENDPOINTS["linekey"] = facts["endpoint"]
    return ovh.Client(
        "linekey", facts["application_key"], facts["application_secret"], facts["consumer_key"]
    )


def _credentials_mail(product: Product, after: int) -> Any:
    for mail in product.mails()[after:]:
        if "PPPoE" in str(mail["Subject"]):
            return mail
    return None


def _answered(client: Any, access: str) -> list[dict[str, str]]:
    log: list[dict[str, str]] = client.get(f"/xdsl/{access}/radiusConnectionLogs")
    return [line for line in log if line["state"]]
