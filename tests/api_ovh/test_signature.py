"""The signatures OVH's own test suites publish, recomputed by our safe and believed by our desk."""

from datetime import UTC, datetime

import pytest

from linekey.domain.errors import BadSignature
from linekey.domain.secret import Secret
from linekey.records.models import OvhApplication, OvhCredential
from linekey.usecases.answer_call import SignedCall, authenticate
from linekey.usecases.authorise_application import key_place
from linekey.usecases.create_application import secret_place
from linekey.vault import check, seal
from tests.build import Cast

# Revoked test keys, published in ovh/python-ovh tests/test_client.py and ovh/go-ovh ovh/ovh_test.go.
APPLICATION_KEY = "TDPKJdwZwAQPwKX2"
APPLICATION_SECRET = "9ufkBmLaTQ9nz5yMUlg79taH0GNnzDjk"
CONSUMER_KEY = "5mBuy6SUQcRw2ZUxg0cG68BoDKpED4KY"
TIMESTAMP = "1457018875"
HOST = "https://eu.api.ovh.com"
BODY = b'{"a":"b","c":"d"}'
VECTORS = [
    ("GET", "/1.0/auth", b"", "$1$e9556054b6309771395efa467c22e627407461ad"),
    ("POST", "/1.0/auth", BODY, "$1$ec2fb5c7a81f64723c77d2e5b609ae6f58a84fc1"),
    ("PUT", "/1.0/auth", BODY, "$1$8a75a9e7c8e7296c9dbeda6a2a735eb6bd58ec4b"),
    ("DELETE", "/1.0/auth", b"", "$1$a1eecd00b3b02b6cf5708b84b9ff42059a950d85"),
    ("GET", "/1.0/call", b"", "$1$7f2db49253edfc41891023fcd1a54cf61db05fbb"),
    ("GET", "/v1/call", b"", "$1$e6e7906d385eb28adcbfbe6b66c1528a42d741ad"),
    ("GET", "/v2/call", b"", "$1$bb63b132a6f84ad5433d0c534d48d3f7c3804285"),
]


@pytest.mark.parametrize(("method", "path", "body", "signature"), VECTORS)
def test_the_safe_agrees_with_every_published_vector(
    method: str, path: str, body: bytes, signature: str
) -> None:
    assert check.ovh_signature_matches(
        signature,
        sealed_secret=seal.seal(APPLICATION_SECRET.encode(), "a"),
        secret_place="a",
        sealed_key=seal.seal(CONSUMER_KEY.encode(), "b"),
        key_place="b",
        signed=b"+".join([method.encode(), f"{HOST}{path}".encode(), body, TIMESTAMP.encode()]),
    )


@pytest.fixture
def published(cast: Cast, now: datetime) -> None:
    """The published keys, as rows of ours granted by Ada."""
    application = OvhApplication.objects.create(
        key=APPLICATION_KEY,
        sealed_secret=seal.seal(APPLICATION_SECRET.encode(), secret_place(APPLICATION_KEY)),
        person=cast.ada,
        name="python-ovh",
        created_at=now,
    )
    digest = seal.digest(Secret(CONSUMER_KEY))
    OvhCredential.objects.create(
        application=application,
        key_digest=digest,
        sealed_key=seal.seal(CONSUMER_KEY.encode(), key_place(digest)),
        validation_digest="x",
        person=cast.ada,
        rules=[{"method": method, "path": "/*"} for method in ("GET", "POST", "PUT", "DELETE")],
        status="validated",
        created_at=now,
    )


def _call(method: str, path: str, body: bytes, signature: str) -> SignedCall:
    return SignedCall(
        application_key=APPLICATION_KEY,
        consumer_key=Secret(CONSUMER_KEY),
        timestamp=TIMESTAMP,
        signature=signature,
        method=method,
        urls=["http://localhost:8000" + path, HOST + path],
        path="/" + path.split("/", 2)[2],
        body=body,
        address="192.0.2.1",
    )


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(("method", "path", "body", "signature"), VECTORS)
def test_a_call_signed_like_the_published_vector_is_believed(
    cast: Cast, method: str, path: str, body: bytes, signature: str
) -> None:
    then = datetime.fromtimestamp(int(TIMESTAMP), UTC)
    caller = authenticate(call=_call(method, path, body, signature), now=then)
    assert caller.actor.person_id == cast.ada.pk


@pytest.mark.usefixtures("published")
def test_one_letter_more_in_the_body_is_a_bad_signature() -> None:
    then = datetime.fromtimestamp(int(TIMESTAMP), UTC)
    method, path, body, signature = VECTORS[1]
    with pytest.raises(BadSignature):
        authenticate(call=_call(method, path, body + b" ", signature), now=then)
