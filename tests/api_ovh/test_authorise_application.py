"""A program asks, a person decides once, and can take it back."""

from datetime import datetime, timedelta

import pytest

from linekey.domain.errors import LinkNotValid, Malformed, NotFound, StepUpNeeded, UnknownApplication
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, OvhApplication, OvhCredential
from linekey.usecases import authorise_application, create_application, withdraw_application
from linekey.usecases.authorise_application import MOST_PENDING, PENDING_LASTS, NewCredential
from linekey.usecases.create_application import NewApplication
from tests.build import Cast, actor, stale

RULES = [("GET", "/me")]


@pytest.fixture
def application(cast: Cast, now: datetime) -> NewApplication:
    chen = actor(cast.chen, now)
    return create_application.create_application(actor=chen, name=" Facturation ", description="", now=now)


def _ask(application: NewApplication, now: datetime, redirection: str = "") -> NewCredential:
    return authorise_application.ask_credential(
        application_key=application.key, rules=RULES, redirection=redirection, allowed_ips=[], now=now
    )


def test_what_is_asked_is_what_the_person_sees(application: NewApplication, now: datetime) -> None:
    new = _ask(application, now, "https://facturation.example/back")
    asked = authorise_application.look(token=new.validation_token, now=now)
    assert (asked.application, asked.rules) == ("Facturation", (("GET", "/me"),))
    assert asked.redirection == "https://facturation.example/back"


def test_a_link_is_decided_once(application: NewApplication, cast: Cast, now: datetime) -> None:
    ada, token = actor(cast.ada, now), _ask(application, now).validation_token
    authorise_application.validate(actor=ada, token=token, lasts=timedelta(days=1), now=now)
    assert OvhCredential.objects.get().expires_at == now + timedelta(days=1)
    with pytest.raises(LinkNotValid):
        authorise_application.validate(actor=ada, token=token, lasts=None, now=now)
    with pytest.raises(LinkNotValid):
        authorise_application.refuse(actor=ada, token=token, now=now)
    with pytest.raises(LinkNotValid):
        authorise_application.look(token=token, now=now)
    assert AuditEntry.objects.filter(action="consumer_key.validated").count() == 1


def test_without_an_end_means_without_an_end(application: NewApplication, cast: Cast, now: datetime) -> None:
    token = _ask(application, now).validation_token
    authorise_application.validate(actor=actor(cast.ada, now), token=token, lasts=None, now=now)
    assert OvhCredential.objects.get().expires_at is None


def test_granting_wants_a_recent_proof_and_refusing_does_not(
    application: NewApplication, cast: Cast, now: datetime
) -> None:
    ada, token = stale(actor(cast.ada, now)), _ask(application, now).validation_token
    with pytest.raises(StepUpNeeded):
        authorise_application.validate(actor=ada, token=token, lasts=None, now=now)
    authorise_application.refuse(actor=ada, token=token, now=now)
    assert OvhCredential.objects.get().status == "refused"


def test_a_link_dies_after_an_hour(application: NewApplication, cast: Cast, now: datetime) -> None:
    token = _ask(application, now).validation_token
    with pytest.raises(LinkNotValid):
        authorise_application.validate(
            actor=actor(cast.ada, now + PENDING_LASTS), token=token, lasts=None, now=now + PENDING_LASTS
        )


def test_a_forged_link_is_not_valid(application: NewApplication, now: datetime) -> None:
    for token in ("", "x" * 64, "\0", "é" * 5000):
        with pytest.raises(LinkNotValid):
            authorise_application.look(token=Secret(token), now=now)


def test_a_blocked_application_can_neither_ask_nor_be_granted(
    application: NewApplication, cast: Cast, now: datetime
) -> None:
    token = _ask(application, now).validation_token
    OvhApplication.objects.update(status="blocked")
    with pytest.raises(UnknownApplication):
        _ask(application, now)
    with pytest.raises(LinkNotValid):
        authorise_application.look(token=token, now=now)
    with pytest.raises(LinkNotValid):
        authorise_application.validate(actor=actor(cast.ada, now), token=token, lasts=None, now=now)
    assert OvhCredential.objects.get().status == "pendingValidation"


def test_asking_cannot_fill_the_table(application: NewApplication, now: datetime) -> None:
    for _ in range(MOST_PENDING):
        _ask(application, now)
    with pytest.raises(Malformed):
        _ask(application, now)
    # The abandoned ones make room an hour later.
    _ask(application, now + PENDING_LASTS)
    assert OvhCredential.objects.count() == 1


@pytest.mark.parametrize(
    "redirection",
    ["ftp://a.example", "https://", "https://u@a.example", "https://a.example:0", "https://a b", "http://[x"],
)
def test_nobody_is_sent_to_an_address_that_is_none(
    application: NewApplication, now: datetime, redirection: str
) -> None:
    with pytest.raises(Malformed):
        _ask(application, now, redirection)


def test_neither_key_nor_secret_nor_token_is_stored_in_clear(
    application: NewApplication, now: datetime
) -> None:
    new = _ask(application, now)
    stored = str(OvhApplication.objects.values()) + str(OvhCredential.objects.values())
    for secret in (application.secret, new.consumer_key, new.validation_token):
        assert secret.reveal() not in stored


@pytest.mark.parametrize(
    ("name", "description"),
    [("", ""), ("  ", ""), ("x" * 81, ""), ("a\nb", ""), ("a", "x" * 301), ("a", "\0")],
)
def test_an_application_needs_a_name_that_can_be_shown(
    cast: Cast, now: datetime, name: str, description: str
) -> None:
    with pytest.raises(Malformed):
        create_application.create_application(
            actor=actor(cast.ada, now), name=name, description=description, now=now
        )
    assert not OvhApplication.objects.exists()


def test_creating_wants_a_recent_proof(cast: Cast, now: datetime) -> None:
    with pytest.raises(StepUpNeeded):
        create_application.create_application(actor=actor(cast.ada), name="a", description="", now=now)


def test_a_key_for_oneself_is_granted_at_once(cast: Cast, now: datetime) -> None:
    made, key = create_application.create_with_key(
        actor=actor(cast.ada, now),
        name="Script",
        description="",
        rules=RULES,
        allowed_ips=["192.0.2.0/24"],
        lasts=timedelta(days=7),
        now=now,
    )
    row = OvhCredential.objects.get(application__key=made.key)
    assert (row.status, row.person, row.expires_at) == ("validated", cast.ada, now + timedelta(days=7))
    assert len(key) == 32


@pytest.mark.parametrize(("rules", "networks"), [([], []), (RULES, ["here"])])
def test_a_key_with_nonsense_makes_no_application(
    cast: Cast, now: datetime, rules: list[tuple[str, str]], networks: list[str]
) -> None:
    with pytest.raises(Malformed):
        create_application.create_with_key(
            actor=actor(cast.ada, now),
            name="Script",
            description="",
            rules=rules,
            allowed_ips=networks,
            lasts=None,
            now=now,
        )
    assert not OvhApplication.objects.exists()


@pytest.fixture
def granted(application: NewApplication, cast: Cast, now: datetime) -> OvhCredential:
    token = _ask(application, now).validation_token
    authorise_application.validate(actor=actor(cast.ada, now), token=token, lasts=None, now=now)
    return OvhCredential.objects.get()


def test_a_key_is_ended_by_its_person_alone_and_once(
    granted: OvhCredential, cast: Cast, now: datetime
) -> None:
    with pytest.raises(NotFound):
        withdraw_application.expire(actor=actor(cast.eve), credential_id=granted.pk, now=now)
    withdraw_application.expire(actor=actor(cast.ada), credential_id=granted.pk, now=now)
    with pytest.raises(NotFound):
        withdraw_application.expire(actor=actor(cast.ada), credential_id=granted.pk, now=now)
    granted.refresh_from_db()
    assert (granted.status, granted.expires_at) == ("expired", now)


def test_a_key_is_narrowed_by_its_person_alone(granted: OvhCredential, cast: Cast, now: datetime) -> None:
    for who, networks, refusal in ((cast.eve, ["192.0.2.1"], NotFound), (cast.ada, ["here"], Malformed)):
        with pytest.raises(refusal):
            withdraw_application.restrict(
                actor=actor(who), credential_id=granted.pk, allowed_ips=networks, now=now
            )
    withdraw_application.restrict(
        actor=actor(cast.ada), credential_id=granted.pk, allowed_ips=["192.0.2.1"], now=now
    )
    granted.refresh_from_db()
    assert granted.allowed_ips == ["192.0.2.1"]


def test_an_application_goes_with_every_key_that_was_granted_to_it(
    granted: OvhCredential, cast: Cast, now: datetime
) -> None:
    which = granted.application_id
    with pytest.raises(NotFound):
        withdraw_application.remove_application(actor=actor(cast.ada), application_id=which, now=now)
    withdraw_application.remove_application(actor=actor(cast.chen), application_id=which, now=now)
    assert not OvhCredential.objects.exists()
