"""PPP-4, PPP-5, PPP-7: the official `ovh` client asks for new PPPoE credentials, and the network follows."""

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
    assert eventually(lambda: _all(product, login, held, True))
    assert product.account_start(login, "live-1")
    mails_before = len(product.mails())
    assert client.post(f"/xdsl/{facts['xdsl']}/requestPPPLoginMail") is None

    assert eventually(lambda: product.login(login, held, "pap") is False)
    assert _all(product, login, held, False)
    mail = eventually(lambda: _credentials_mail(product, mails_before))
    text = mail.get_body(("plain",)).get_content()
    assert login in text and product.account("subscriber")["customer_id"] in text
    fresh = re.search(r"Mot de passe PPPoE[^:]*: (\S+)", text)
    assert fresh is not None, text
    assert _all(product, login, fresh[1], True)

    log = eventually(lambda: _answered(client, facts["xdsl"]))
    assert log
    facts["ppp_password"] = fresh[1]


def _all(product: Product, login: str, password: str, accepted: bool) -> bool:
    """Does every protocol get this answer?"""
    return all(product.login(login, password, protocol) is accepted for protocol in PROTOCOLS)


def official_client(product: Product) -> Any:
    """Pointed at the product as the reference tells integrators to.

    An identical call in the same second carries the same signature, and is the same operation. Each client
    learns the time in whole seconds, so that the second of the one before it may be the next already.
    """
    time.sleep(2.1)
    facts = product.facts["ovh"]
    ovh.client.ENDPOINTS["linekey"] = facts["endpoint"]
    return ovh.Client("linekey", facts["application_key"], facts["application_secret"], facts["consumer_key"])


def _credentials_mail(product: Product, after: int) -> Any:
    for mail in product.mails()[after:]:
        if "PPPoE" in str(mail["Subject"]):
            return mail
    return None


def _answered(client: Any, access: str) -> list[dict[str, str]]:
    log: list[dict[str, str]] = client.get(f"/xdsl/{access}/radiusConnectionLogs")
    return [line for line in log if line["state"]]
