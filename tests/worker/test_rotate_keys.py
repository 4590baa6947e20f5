"""NEW-3: the sealing key is rotated while everything runs, and nothing sealed is lost."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models import BinaryField

from linekey.domain.kinds import KINDS
from linekey.domain.secret import Secret
from linekey.records import models
from linekey.usecases import create_application, enrol_factor, rotate_credential, sign_in
from linekey.vault import keyring
from linekey.vault.check import credential_matches
from linekey.vault.reseal import key_of
from linekey.vault.seal import seal
from linekey.vault.unseal import unseal
from linekey.worker import rotate_keys
from tests.build import GOOD_SIP_PASSWORD, Cast, actor, build_cast, visitor
from tests.hands import states, wired, work
from tests.lab.second_factors import add_app, add_key, asked_for_more, totp


@pytest.fixture
def ring(tmp_path: Path, settings: LazySettings) -> Path:
    settings.LINEKEY_KEYRING_FILE = tmp_path / "keyring.json"
    keyring.create(settings.LINEKEY_KEYRING_FILE)
    return Path(settings.LINEKEY_KEYRING_FILE)


@pytest.fixture
def transactional_cast(transactional_db: None, now: datetime) -> Cast:
    """As threads see it, too."""
    return build_cast(now)


def test_every_sealed_value_moves_under_the_new_key_and_still_opens(
    cast: Cast, now: datetime, ring: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    )
    create_application.create_application(actor=actor(cast.ada, now), name="x", description="", now=now)
    app = add_app(cast.ada, now)
    offer = enrol_factor.begin_totp(actor=actor(cast.ada, now), name="x", visitor=visitor(), now=now)
    assert rotate_keys.main() == 0
    assert "Key k2" in capsys.readouterr().out
    for column in rotate_keys.SEALED:
        # Keys and flows without a seed have nothing that is sealed.
        for row in column.model._default_manager.exclude(**{column.name: b""}):
            assert key_of(getattr(row, column.name)) == "k2"
    work(wired())
    assert states(receipt.plan)["push"] == "done"
    again = enrol_factor.look_totp(
        actor=actor(cast.ada, now), reference=offer.flow, visitor=visitor(), now=now
    )
    assert again.seed == offer.seed
    reference = asked_for_more(cast.ada, now, "another browser")
    sign_in.prove(
        reference=reference,
        proof=totp(app.code(now)),
        visitor=visitor("another browser"),
        trust=False,
        now=now,
    )


def test_a_key_without_a_seed_is_left_alone(cast: Cast, now: datetime, ring: Path) -> None:
    add_key(cast.ada, now)
    assert rotate_keys.main() == 0
    assert bytes(models.Factor.objects.get().sealed) == b""


def test_an_old_key_goes_at_the_next_rotation_once_nothing_needs_it(cast: Cast, ring: Path) -> None:
    for expected in ({"k1", "k2"}, {"k1", "k2", "k3"}, {"k3", "k4"}):
        rotate_keys.main()
        assert set(json.loads(ring.read_text())["keys"]) == expected
        if "k3" in expected:
            # Only minutes later: a transaction may still be sealing by the key it began with.
            os.utime(ring, (time.time() - 600,) * 2)
    assert ring.stat().st_mode & 0o077 == 0


def test_a_key_that_lies_ready_seals_nothing_until_every_machine_has_it(
    cast: Cast, now: datetime, ring: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rotate_keys.main(["--prepare"]) == rotate_keys.main(["--prepare"]) == 0
    assert capsys.readouterr().out.count("Key k2 lies ready") == 2
    rotate_credential.reset(actor=actor(cast.ada, now), reference=cast.line.reference, operation="a", now=now)
    version = models.CredentialVersion.objects.get()
    assert key_of(version.sealed) == "k1"
    assert rotate_keys.main() == 0
    version.refresh_from_db()
    assert key_of(version.sealed) == "k2" and set(json.loads(ring.read_text())["keys"]) == {"k1", "k2"}


def test_a_rotation_which_was_killed_is_finished_with_the_key_it_began_with(
    cast: Cast, now: datetime, ring: Path
) -> None:
    for reference in (cast.line.reference, cast.eves_line.reference, cast.access.reference):
        rotate_credential.reset(
            actor=actor(cast.olivia, now), reference=reference, operation=reference, now=now
        )

    class Killed(Exception):
        pass

    def place(version: models.CredentialVersion) -> str:
        if version.service_id == cast.access.pk:
            raise Killed
        return version.seal_place

    keyring.renew(ring, unused=lambda key: False)
    column = rotate_keys.Column(models.CredentialVersion, "sealed", place, at_once=1)
    with pytest.raises(Killed):
        rotate_keys.move_all([column])
    assert sorted(under()) == ["k1", "k2", "k2"]
    assert rotate_keys.main(["--finish"]) == 0
    assert under() == ["k2", "k2", "k2"]


def test_what_no_key_of_the_ring_opens_is_left_and_counted(
    cast: Cast, now: datetime, ring: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rotate_credential.reset(actor=actor(cast.ada, now), reference=cast.line.reference, operation="a", now=now)
    models.CredentialVersion.objects.update(sealed=b"k9\0" + b"x" * 40)
    assert rotate_keys.main() == 1
    assert "1 values are under another key still" in capsys.readouterr().out
    assert under() == ["k9"]


@pytest.mark.django_db(transaction=True)
def test_changes_go_on_while_everything_moves_and_nothing_is_lost(
    transactional_cast: Cast, now: datetime, ring: Path
) -> None:
    cast, told, stop = transactional_cast, dict[str, Secret](), Event()
    for number in range(150):
        models.Flow.objects.create(
            reference=f"flow-{number}",
            kind="recover",
            state="opened",
            sealed=seal(f"seed {number}".encode(), f"flow:flow-{number}"),
            created_at=now,
            expires_at=now,
        )

    def change(service: models.Service, owner: models.Person) -> None:
        try:
            number = 0
            while not stop.is_set():
                number += 1
                new = Secret(f"Tilleul-{number:04}-bleu")
                rotate_credential.change(
                    actor=actor(owner, now),
                    reference=service.reference,
                    new=new,
                    operation=f"{service.pk}-{number}",
                    now=now,
                )
                told[f"credential:{service.pk}:{number}"] = new
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        busy = [people.submit(change, cast.line, cast.ada), people.submit(change, cast.eves_line, cast.eve)]
        try:
            assert rotate_keys.main() == rotate_keys.main() == 0
        finally:
            stop.set()
        for each in busy:
            each.result()
    assert len(told) > 2, "nothing was changed meanwhile"
    assert rotate_keys.main(["--finish"]) == 0
    for version in models.CredentialVersion.objects.select_related("service__sip"):
        assert key_of(version.sealed) == "k3"
        names = {"username": version.service.sip.username, "realm": version.service.sip.realm}
        place = version.seal_place
        assert credential_matches(KINDS["sip_line"], version.sealed, place, told[place], **names)
    for flow in models.Flow.objects.all():
        assert key_of(flow.sealed) == "k3"
        assert unseal(flow.sealed, flow.seal_place).decode() == flow.reference.replace("flow-", "seed ")


def under() -> list[str]:
    """The key of each password."""
    sealed = models.CredentialVersion.objects.order_by("pk").values_list("sealed", flat=True)
    return [key_of(each) for each in sealed]


def test_no_sealed_column_is_forgotten() -> None:
    listed = {(column.model, column.name) for column in rotate_keys.SEALED}
    public = {(models.Factor, "public_key"), (models.CampaignFile, "locked")}
    existing = {
        (model, field.name)
        for model in (getattr(models, name) for name in models.__all__)
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField)
    }
    assert listed == existing - public
