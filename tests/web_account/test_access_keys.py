"""TEAM-5: « Générer une nouvelle clé », « Afficher la clé secrète », « Copier », « Terminé »."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linekey.domain.access_keys import MOST_LIVE
from linekey.records.models import AccessKey
from tests.build import Cast
from tests.web_account.conftest import key_of, operation_in, shown_once_in

PAGE = "/compte/cles-d-acces"
NEW = f"{PAGE}/nouvelle"
FORM = {
    "name": "Sauvegarde nocturne",
    "scopes": ["read"],
    "networks": "192.0.2.0/24\n2001:db8::/32",
    "last_day": "",
}


def filled(browser: Client, **other: object) -> dict[str, object]:
    return {**FORM, "operation": operation_in(browser.get(NEW).content), **other}


def test_team_5_the_secret_is_shown_once_with_what_to_do(ada: Client, cast: Cast) -> None:
    typed = filled(ada)
    answer = ada.post(NEW, typed)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    secret, key = shown_once_in(answer.content), AccessKey.objects.get(person=cast.ada)
    page = answer.content.decode()
    assert key.key_id in page and page.count(secret) == 1
    for words in ("Show the secret key", "Copy", "Done", "<details"):
        assert words in page
    assert key.networks == ["192.0.2.0/24", "2001:db8::/32"]
    for address in (PAGE, NEW, "/compte/activite"):
        assert secret not in ada.get(address).content.decode()
    assert secret not in repr(dict(ada.session))


def test_the_same_form_sent_twice_makes_one_key(ada: Client) -> None:
    typed = filled(ada)
    secret = shown_once_in(ada.post(NEW, typed).content)
    again = ada.post(NEW, typed)
    assert again.headers["Location"] == PAGE
    page = ada.get(PAGE).content.decode()
    assert "already shown once" in page and secret not in page
    assert AccessKey.objects.count() == 1


def test_a_refused_form_may_be_corrected_and_sent_again(ada: Client) -> None:
    refused = ada.post(NEW, filled(ada, networks="here"))
    assert refused.status_code == 422
    assert b"Each must be an address or a range" in refused.content
    assert ada.post(NEW, {**FORM, "operation": operation_in(refused.content)}).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"name": "a\u2028b"},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"networks": "fe80::1%eth0"},
        {"networks": "\n".join(f"192.0.2.{number}" for number in range(30))},
        {"last_day": "yesterday"},
        {"last_day": "2020-01-01"},
        {"last_day": "9999-12-31"},
    ],
)
def test_nonsense_is_explained_beside_its_field_and_makes_nothing(
    ada: Client, wrong: dict[str, object]
) -> None:
    answer = ada.post(NEW, filled(ada, **wrong))
    assert answer.status_code == 422
    assert b'class="wrongs"' in answer.content
    assert not AccessKey.objects.exists()


def test_it_works_to_the_end_of_its_last_day(ada: Client) -> None:
    today = timezone.localdate()
    ada.post(NEW, filled(ada, last_day=today.isoformat()))
    end = AccessKey.objects.get().expires_at
    assert end is not None
    there = timezone.localtime(end)
    assert (there.date(), there.hour, there.minute) == (today + timedelta(days=1), 0, 0)


def test_a_year_is_proposed_and_never_is_allowed(ada: Client) -> None:
    year = timezone.localdate() + timedelta(days=365)
    assert f'value="{year.isoformat()}"'.encode() in ada.get(NEW).content
    ada.post(NEW, filled(ada))
    assert AccessKey.objects.get().expires_at is None


def test_an_account_holds_so_many_keys_and_no_more(ada: Client, cast: Cast, now: datetime) -> None:
    for number in range(MOST_LIVE):
        key_of(cast.ada, now, f"n{number}")
    answer = ada.post(NEW, filled(ada))
    assert answer.status_code == 422
    assert b"Remove one you no longer use" in answer.content


def test_the_list_tells_limits_and_last_use_and_sets_ended_ones_apart(
    ada: Client, cast: Cast, now: datetime
) -> None:
    assert b"No key in force" in ada.get(PAGE).content
    used, revoked, expired = (key_of(cast.ada, now, mark) for mark in ("used", "revoked", "expired"))
    AccessKey.objects.filter(pk=used.pk).update(last_used_at=now, last_used_from="192.0.2.7")
    AccessKey.objects.filter(pk=revoked.pk).update(revoked_at=now)
    AccessKey.objects.filter(pk=expired.pk).update(expires_at=now - timedelta(days=1))
    page = ada.get(PAGE).content.decode()
    assert "192.0.2.0/24" in page and "from 192.0.2.7" in page and "See services" in page
    assert "2 keys that no longer work" in page
    assert page.index("2 keys that no longer work") < page.index("Sauvegarde revoked")
    assert used.digest not in page


def test_one_is_revoked_after_its_name_and_the_consequence_were_told(
    ada: Client, cast: Cast, now: datetime
) -> None:
    key = key_of(cast.ada, now, "ada")
    address = f"{PAGE}/{key.key_id}/revocation"
    asked = ada.get(address).content.decode()
    assert "Sauvegarde ada" in asked and "refused at once" in asked
    assert AccessKey.objects.get().revoked_at is None
    assert ada.post(address).headers["Location"] == PAGE
    assert AccessKey.objects.get().revoked_at is not None
    assert "The key “Sauvegarde ada” no longer works." in ada.get(PAGE).content.decode()
    assert ada.get(address).status_code == ada.post(address).status_code == 404
