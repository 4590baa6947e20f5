"""NEW-3: the sealing key is rotated while everything runs, and nothing sealed is lost."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db.models import BinaryField

from linekey.records import models
from linekey.usecases import create_application, enrol_factor, rotate_credential, sign_in
from linekey.vault import keyring
from linekey.vault.reseal import key_of
from linekey.worker import rotate_keys
from tests.build import GOOD_SIP_PASSWORD, Cast, actor, visitor
from tests.hands import states, wired, work
from tests.lab.second_factors import add_app, add_key, asked_for_more, totp


@pytest.fixture
def ring(tmp_path: Path, settings: LazySettings) -> Path:
    settings.LINEKEY_KEYRING_FILE = tmp_path / "keyring.json"
    keyring.create(settings.LINEKEY_KEYRING_FILE)
    return Path(settings.LINEKEY_KEYRING_FILE)


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
    for expected in ({"k1", "k2"}, {"k2", "k3"}):
        rotate_keys.main()
        assert set(json.loads(ring.read_text())["keys"]) == expected
    assert ring.stat().st_mode & 0o077 == 0


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
