"""Law 5: a secret is in clear only inside `Secret`: a canary is driven through every flow and looked for."""

import base64
import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from linekey.domain.errors import LinkNotValid, PasswordRefused, WrongCredentials
from linekey.domain.secret import Secret
from linekey.network.fakes import FakeRegistrar
from linekey.network.ports import SipEntry
from linekey.records.models import Service
from linekey.usecases import (
    authorise_application,
    create_application,
    judge_secret,
    recover_account,
    reveal_secret,
    rotate_credential,
    sign_in,
)
from linekey.vault.seal import sip_digests
from linekey.worker.hand import carry_out
from tests.build import PORTAL_PASSWORD, REGISTRAR, Cast, actor, visitor
from tests.hands import LEASE, PUBLIC_URL, Hands, claim_due, work

pytestmark = pytest.mark.django_db(transaction=True)


def everything_stored() -> bytes:
    """Every table, every column, and every file under the home, the database's own included."""
    kept: list[bytes] = []
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        # An index of words keeps no rows to select; the tables it is made of are read like the others.
        for table in (each for each in tables if each not in virtual_tables(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a table of ours
            kept += [bytes_of(value) for row in cursor.fetchall() for value in row]
    kept += [file.read_bytes() for file in Path(settings.LINEKEY_HOME).rglob("*") if file.is_file()]
    return b"\n".join(kept)


def virtual_tables(cursor: Any) -> set[str]:
    if connection.vendor != "sqlite":
        return set()
    cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")
    return {name for (name,) in cursor.fetchall()}


def bytes_of(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def dresses(secret: str) -> set[bytes]:
    """A secret as it is, and as it would look in a URL, in base64 or in hex."""
    clear = secret.encode()
    return {clear, quote(secret).encode(), base64.b64encode(clear).rstrip(b"="), clear.hex().encode()}


def assert_nowhere(secrets: Sequence[str], *places: bytes) -> None:
    for place in places:
        for secret in secrets:
            assert not any(form in place for form in dresses(secret))


def digests_of(line: Service, secret: Secret) -> list[str]:
    return list(sip_digests(secret, line.sip.username, line.sip.realm).values())


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def assert_kept_nowhere(logged: pytest.LogCaptureFixture, *secrets: str) -> None:
    assert_nowhere(secrets, everything_stored(), logged.text.encode())


def test_the_search_would_find_a_secret(committed: Cast, logged: pytest.LogCaptureFixture) -> None:
    """A net without a hole: what is stored on purpose is found, in a column, in JSON and in bytes."""
    committed.lumen.policy = {"canary": "Canari-1984-jaune"}
    committed.lumen.save()
    with pytest.raises(AssertionError):
        assert_kept_nowhere(logged, "Canari-1984-jaune")


def test_a_chosen_password_is_kept_nowhere(
    committed: Cast, hands: Hands, logged: pytest.LogCaptureFixture
) -> None:
    canary, refused = Secret("Canari-4718-jaune"), Secret("Lemoine-Canari-1")
    ada, line = actor(committed.ada), committed.line
    with pytest.raises(PasswordRefused):
        rotate_credential.change(
            actor=ada, reference=line.reference, new=refused, operation="no", now=timezone.now()
        )
    judge_secret.verdicts(actor=ada, reference=line.reference, candidate=canary, now=timezone.now())
    rotate_credential.change(
        actor=ada, reference=line.reference, new=canary, operation="a", now=timezone.now()
    )
    work(hands)
    assert hands.registers(line, canary.reveal())
    assert_kept_nowhere(
        logged, canary.reveal(), refused.reveal(), *digests_of(line, canary), *digests_of(line, refused)
    )


def test_a_password_shown_once_is_kept_nowhere(
    committed: Cast, hands: Hands, logged: pytest.LogCaptureFixture
) -> None:
    ada, line, access = actor(committed.ada, timezone.now()), committed.line, committed.access
    shown = [
        rotate_credential.reset(actor=ada, reference=service.reference, operation="a", now=timezone.now())
        for service in (line, access)
    ]
    work(hands)
    secrets = [receipt.shown_once for receipt in shown if receipt.shown_once]
    assert hands.registers(line, secrets[0].reveal()) and hands.logs_in(access, secrets[1].reveal())
    assert_kept_nowhere(logged, *[secret.reveal() for secret in secrets], *digests_of(line, secrets[0]))
    assert all(secret.reveal() not in repr(shown) for secret in secrets)


def test_a_password_sent_by_mail_stands_in_that_mail_alone(
    committed: Cast, hands: Hands, logged: pytest.LogCaptureFixture
) -> None:
    rotate_credential.send(
        actor=actor(committed.ada), reference=committed.access.reference, operation="a", now=timezone.now()
    )
    work(hands)
    (mail,) = hands.mail.mails
    sent = next(
        word for word in re.findall(r"\S{16}", mail.written.text) if hands.logs_in(committed.access, word)
    )
    assert sent not in mail.written.subject
    assert_kept_nowhere(logged, sent)


def token_in(hands: Hands, path: str) -> Secret:
    text = hands.mail.mails[-1].written.text
    found = re.search(rf"{re.escape(PUBLIC_URL)}/{path}/([\w-]+)", text)
    assert found, text
    return Secret(found[1])


def test_a_link_and_the_password_it_shows_are_kept_nowhere(
    committed: Cast, hands: Hands, logged: pytest.LogCaptureFixture
) -> None:
    rotate_credential.send(
        actor=actor(committed.ada), reference=committed.line.reference, operation="a", now=timezone.now()
    )
    work(hands)
    token = token_in(hands, "lien")
    reveal_secret.look(token=token, now=timezone.now())
    receipt = reveal_secret.open_link(token=token, now=timezone.now())
    with pytest.raises(LinkNotValid):
        reveal_secret.open_link(token=token, now=timezone.now())
    work(hands)
    assert receipt.shown_once is not None and hands.registers(committed.line, receipt.shown_once.reveal())
    digests = digests_of(committed.line, receipt.shown_once)
    assert_kept_nowhere(logged, token.reveal(), receipt.shown_once.reveal(), *digests)


def test_a_portal_password_and_its_link_are_kept_nowhere(
    committed: Cast, hands: Hands, logged: pytest.LogCaptureFixture
) -> None:
    new, wrong = Secret("un canari jaune et bavard"), Secret("un canari vert et muet")
    recover_account.ask(identifier=committed.ada.email, visitor=visitor(), now=timezone.now())
    work(hands)
    token = token_in(hands, "mot-de-passe-perdu")
    recover_account.look(token=token, now=timezone.now())
    recover_account.verdicts(token=token, candidate=new, now=timezone.now())
    recover_account.finish(token=token, new=new, visitor=visitor(), now=timezone.now())
    for password in (wrong, PORTAL_PASSWORD, new):
        try:
            sign_in.enter(
                identifier="ab12345-lk",
                password=password,
                visitor=visitor(),
                now=timezone.now(),
            )
        except WrongCredentials:
            assert password != new
    work(hands)
    assert_kept_nowhere(logged, token.reveal(), new.reveal(), wrong.reveal())


def test_the_keys_of_a_program_are_kept_nowhere(committed: Cast, logged: pytest.LogCaptureFixture) -> None:
    ada = actor(committed.ada, timezone.now())
    made, own_key = create_application.create_with_key(
        actor=ada,
        name="Scripts",
        description="",
        rules=[("GET", "/*")],
        allowed_ips=[],
        lasts=None,
        now=timezone.now(),
    )
    asked = authorise_application.ask_credential(
        application_key=made.key, rules=[("GET", "/*")], redirection="", allowed_ips=[], now=timezone.now()
    )
    authorise_application.validate(actor=ada, token=asked.validation_token, lasts=None, now=timezone.now())
    secrets = (made.secret, own_key, asked.consumer_key, asked.validation_token)
    assert_kept_nowhere(logged, *[secret.reveal() for secret in secrets])


class ChokingRegistrar(FakeRegistrar):
    """Has a bug whose message quotes what it choked on, as database drivers do."""

    def push(self, entries: Sequence[SipEntry]) -> None:
        raise RuntimeError(f"cannot store {entries[0].ha1.reveal()}")


def test_a_bug_which_quotes_a_secret_is_logged_without_its_words(
    committed: Cast, logged: pytest.LogCaptureFixture
) -> None:
    canary = Secret("Canari-4718-jaune")
    rotate_credential.change(
        actor=actor(committed.ada),
        reference=committed.line.reference,
        new=canary,
        operation="a",
        now=timezone.now(),
    )
    choking = Hands(registrar=ChokingRegistrar(REGISTRAR)).outside
    carry_out([claimed for claimed in claim_due() if claimed.kind == "push"], choking, LEASE)
    assert "RuntimeError" in logged.text and "test_law_5" in logged.text
    assert_kept_nowhere(logged, canary.reveal(), *digests_of(committed.line, canary))
