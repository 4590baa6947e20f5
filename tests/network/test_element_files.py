"""What `prepare` leaves on disk for the elements: closed to others, kept when it is there already."""

from dataclasses import replace
from pathlib import Path

import pytest

from linekey.domain.secret import Secret
from linekey.worker.elements import (
    ElementSettings,
    freeradius_command,
    kamailio_command,
    prepare,
    sealing_key,
)

SECRET = "canary-in-the-mine"


@pytest.fixture
def settings(tmp_path: Path) -> ElementSettings:
    return ElementSettings(home=tmp_path / "home", realm="sip.test", radius_secret=Secret(SECRET))


def test_nobody_else_may_read_what_the_elements_keep(settings: ElementSettings) -> None:
    prepare(settings)
    rights = {path: path.stat().st_mode & 0o077 for path in [settings.home, *settings.home.rglob("*")]}
    assert len(rights) > 9
    assert {path for path, open_to_others in rights.items() if open_to_others} == set()


def test_preparing_again_keeps_the_key_and_takes_the_new_secret(settings: ElementSettings) -> None:
    prepare(settings)
    key = sealing_key(settings)
    prepare(replace(settings, radius_secret=Secret("other")))
    assert sealing_key(settings) == key
    assert "other" in settings.radius_clients.read_text()


@pytest.mark.parametrize("secret", ['a"b', "a\\b", "${a}", "a\nb"])
def test_a_secret_freeradius_cannot_hold_is_refused(settings: ElementSettings, secret: str) -> None:
    with pytest.raises(ValueError, match="RADIUS secret"):
        prepare(replace(settings, radius_secret=Secret(secret)))


def test_no_command_line_shows_a_secret(settings: ElementSettings) -> None:
    stores = "postgresql://linekey:canary-in-the-mine@127.0.0.1/x"
    told = replace(settings, sip_store=stores, radius_store=stores, accounting_store=stores)
    for command in (kamailio_command(told), freeradius_command(told)):
        assert SECRET not in " ".join(command.argv)
        assert SECRET in " ".join(command.env.values())
    assert SECRET not in repr(told)
