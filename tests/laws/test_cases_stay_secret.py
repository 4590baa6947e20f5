"""Law 5 for support cases: no document, link or code lies in clear. Law 7: the form gives no hint."""

import logging
import zlib
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linekey.domain.cases import CaseKind
from linekey.usecases import carry_out_case, read_document
from linekey.usecases.open_case import Upload
from tests.build import Cast, actor
from tests.cases import NEW_ADDRESS, PERIOD, a_case, case_of, chunk, decided, follow_token, png, stop_token
from tests.hands import Hands, work
from tests.laws.test_law_5_secrets_stay_secret import assert_nowhere, everything_stored


@pytest.mark.django_db(transaction=True)
def test_a_document_its_links_and_codes_are_kept_nowhere(
    committed: Cast, hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    now = timezone.now()
    marked = b"Canari-1984-jaune".ljust(17)
    header = png(2, 2)
    # Pixels nobody else has: 5 rows of one filter byte and 4 grey dots.
    data = zlib.compress(b"".join(b"\0" + marked[at : at + 4] for at in range(0, 20, 4)), 0)
    picture = header[:8] + chunk(b"IHDR", bytes([0, 0, 0, 4, 0, 0, 0, 5, 8, 0, 0, 0, 0]))
    picture += chunk(b"IDAT", data) + chunk(b"IEND", b"")
    with caplog.at_level(logging.DEBUG):
        reference = decided(committed, hands, now, called=True, files=[Upload("Secret-Name.png", picture)])
        uid = case_of(reference).documents.get().uid
        read = read_document.read(actor=actor(committed.dina, now), reference=reference, uid=uid, now=now)
        assert read.content == picture
        carry_out_case.carry_out_due(now=now + PERIOD)
        work(hands, now + PERIOD)
    code = hands.sms.texts[0].text.split()[0]
    tokens = [follow_token(hands), stop_token(hands, NEW_ADDRESS), stop_token(hands, committed.ada.email)]
    stored = everything_stored()
    assert reference.encode() in stored  # The net has no hole.
    assert picture not in stored and data not in stored and b"Secret-Name" not in stored
    assert_nowhere([token.reveal() for token in tokens], stored, caplog.text.encode())
    assert code not in caplog.text and f"'{code}'".encode() not in stored


@pytest.mark.parametrize("kind", CaseKind)
def test_the_form_does_the_same_work_whoever_exists(cast: Cast, now: datetime, kind: CaseKind) -> None:
    asked = {}
    for number, identifier in enumerate(["ab12345-lk", "zz99999-lk", cast.eve.email, "nobody@example.org"]):
        contact, address = f"a{number}@example.org", f"192.0.{number}.7"
        with CaptureQueriesContext(connection) as queries:
            a_case(now, kind=kind, identifier=identifier, contact=contact, address=address)
        asked[identifier] = len(queries)
    assert len(set(asked.values())) == 1, asked
