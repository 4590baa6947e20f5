"""Law 5: the token of a link is in no line of our logs."""

import logging

import pytest

from linekey.config.logs import WithoutTokens


@pytest.mark.parametrize(
    ("message", "arguments", "written"),
    [
        ("%s: %s", ("Gone", "/lien/abc-_123"), "Gone: /lien/••••"),
        ("%s: %s", ("Bad", "/mot-de-passe-perdu/abc/verifier"), "Bad: /mot-de-passe-perdu/••••/verifier"),
        ("%s: %s", ("Over", "/dossier/abc/arreter"), "Over: /dossier/••••/arreter"),
        ("%s: %s", ("Bad", "/dossiers/DOS-7K3F-92QD"), "Bad: /dossiers/DOS-7K3F-92QD"),
        ("GET /auth/?credentialToken=abc&x=1", (), "GET /auth/?credentialToken=••••&x=1"),
        (
            "GET /connexion?next=%2Fauth%2F%3FcredentialToken%3Dabc",
            (),
            "GET /connexion?next=%2Fauth%2F%3FcredentialToken%3D••••",
        ),
        ("%d done", (3,), "3 done"),
    ],
)
def test_a_logged_address_keeps_no_token(message: str, arguments: tuple[object, ...], written: str) -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, message, arguments, None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == written
