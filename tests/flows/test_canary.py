"""Law 5 on the whole product: a known secret goes through it and is looked for in everything it keeps."""

from pathlib import Path

import pytest

from linekey.domain.secret import Secret
from linekey.vault.seal import sip_digests
from tests.flows.test_pppoe_by_ovh_client import official_client
from tests.lab.product import Product, eventually, newest_password

pytestmark = pytest.mark.real

CANARY = "Canari-7391-jaune"
HANDED_OUT = ("mail/", "demo.json", "demo.txt")
"""The demo's mail folder and its facts for scripts: what a mailbox and a person's notes would be."""


def test_no_secret_stays_in_anything_the_product_keeps(product: Product) -> None:
    facts = product.facts["ovh"]
    client = official_client(product)
    line = f"/telephony/{facts['billing_account']}/line/{facts['line']}"
    client.post(f"{line}/changePassword", password=CANARY)
    client.post(f"/xdsl/{facts['xdsl']}/requestPPPLoginMail")
    held = facts["ppp_password"]
    fresh = eventually(lambda: _changed(newest_password(product), held))
    assert eventually(lambda: product.register(facts["line_username"], CANARY) == 200)
    assert eventually(lambda: product.login(facts["ppp_login"], fresh) is True)
    facts["line_password"], facts["ppp_password"] = CANARY, fresh

    digests = sip_digests(Secret(CANARY), facts["line_username"], product.facts["sip"]["realm"])
    secrets = [CANARY, fresh, facts["application_secret"], facts["consumer_key"]]
    secrets += [account["password"] for account in product.facts["accounts"]]
    for path in _kept(product.home):
        content = path.read_bytes()
        found = [secret for secret in secrets if secret.encode() in content]
        assert not found, f"{path} holds a secret in clear"
        if "sip" not in path.name:
            # Only the registrar's own table may hold its digests: they are as good as the password there.
            assert not [name for name, digest in digests.items() if digest.encode() in content], path


def _kept(home: Path) -> list[Path]:
    files = [path for path in home.rglob("*") if path.is_file()]
    return [path for path in files if not str(path.relative_to(home)).startswith(HANDED_OUT)]


def _changed(new: str, old: str) -> str:
    return "" if new == old else new
