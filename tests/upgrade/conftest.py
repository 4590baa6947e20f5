"""One database per earlier release: installed, filled, migrated to the newest once, then looked at."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from linekey.records import schema
from linekey.vault import keyring
from tests.upgrade.databases import empty_database
from tests.upgrade.photograph import Photograph, photograph
from tests.upgrade.releases import RELEASES, install, live_in


@dataclass(frozen=True)
class Upgraded:
    release: str
    refusal: str
    """Of a process of today on the database as it was."""
    refused: str
    """What `linekey migrate --before` said to it; empty where it ran."""
    before: Photograph
    after: Photograph


@pytest.fixture(scope="module", params=RELEASES)
def upgraded(
    request: pytest.FixtureRequest, own_database: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgraded]:
    folder = tmp_path_factory.mktemp(request.param)
    with (
        override_settings(
            LINEKEY_KEYRING_FILE=folder / "keyring.json", LINEKEY_AUDIT_ANCHOR=folder / "anchor.jsonl"
        ),
        empty_database(f"from_{request.param}", folder),
    ):
        keyring.create(folder / "keyring.json")
        live_in(install(request.param))
        before = photograph()
        refusal = schema.refusal()
        refused = ""
        try:
            call_command("migrate", "--before", verbosity=0)
        except CommandError as said:
            refused = str(said)
        call_command("migrate", verbosity=0)
        yield Upgraded(request.param, refusal, refused, before, photograph())


@pytest.fixture(scope="session")
def own_database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Asked for by what makes databases itself: the one which the tests share is not even made."""
    with django_db_blocker.unblock():
        yield
