"""NEW-9 in the portal: a customer's lines from a file, tried first, then imported; nothing of it is kept."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from linekey.records.models import AuditEntry, ElementHealth, OutboxEffect, Service
from linekey.web.staff.organisation_import import MOST_SHOWN
from tests.build import ACCESS_SERVER, REALM, REGISTRAR, Cast
from tests.web.conftest import seated


@pytest.fixture
def elements(db: None) -> None:
    now = timezone.now()
    for name, role in ((REGISTRAR, "registrar"), (ACCESS_SERVER, "access_server")):
        ElementHealth.objects.create(name=name, role=role, seen_at=now, good=True, since=now)


ROWS = """identifiant_sip;mot_de_passe;nom;poste
ada1;un-mot-a-elle;Accueil;
ada2;secret;;Yealink T46U
=ada3;x;;
"""


def send(browser: Client, cast: Cast, content: str | bytes, *, what: str = "try") -> str:
    octets = content.encode() if isinstance(content, str) else content
    sent = {"file": SimpleUploadedFile("lignes.csv", octets), "domain": REALM, "what": what}
    answer = browser.post(address(cast), sent)
    assert answer.status_code in (200, 422), answer.status_code
    return answer.content.decode()


def address(cast: Cast) -> str:
    return f"/revendeur/organisations/{cast.lumen.pk}/importer"


def test_a_file_is_tried_then_imported_and_sent_again_changes_nothing(cast: Cast, elements: None) -> None:
    chen = seated(cast.chen)
    assert address(cast) in chen.get(f"/revendeur/organisations/{cast.lumen.pk}").content.decode()
    assert "identifiant_sip" in chen.get(address(cast)).content.decode()
    tried = send(chen, cast, ROWS)
    assert "Yealink T46U" in tried and "ada1@sip.linekey.test" in tried
    assert "un-mot-a-elle" not in tried and not Service.objects.filter(sip__username="ada1").exists()
    send(chen, cast, ROWS, what="import")
    line = Service.objects.get(sip__username="ada1")
    assert (line.organisation, line.name, line.versions.get().made_by) == (cast.lumen, "Accueil", cast.chen)
    assert not OutboxEffect.objects.exists()
    assert AuditEntry.objects.get(action="services.import").facts["new"] == "1"
    send(chen, cast, ROWS, what="import")
    assert line.versions.count() == 1
    assert not Service.objects.filter(sip__username="ada2").exists()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "nom\nx",
        "username;wrong\nada;x",
        "username\n" + "u\n" * 2001,
        b"username\n\x81",
        "x" * (1024 * 1024 + 1),
    ],
)
def test_a_file_that_is_none_says_why_beside_the_field(
    cast: Cast, elements: None, content: str | bytes
) -> None:
    answer = send(seated(cast.chen), cast, content)
    assert "wrongs" in answer and "<table" not in answer


def test_what_wants_attention_stands_first_and_the_rest_is_counted(cast: Cast, elements: None) -> None:
    rows = "username;password\n" + "".join(f"ada{number};pw\n" for number in range(MOST_SHOWN)) + "a:b;pw\n"
    answer = send(seated(cast.chen), cast, rows)
    assert answer.count("<tr>") == MOST_SHOWN + 1 and "1 more row is not shown." in answer
    assert answer.index("a:b@") < answer.index("ada0@")


def test_before_the_worker_saw_the_elements_there_is_nothing_to_import_into(cast: Cast) -> None:
    browser = seated(cast.chen)
    assert '<form method="post" enctype' not in browser.get(address(cast)).content.decode()
    assert "<table" not in send(browser, cast, ROWS, what="import")
    assert not Service.objects.filter(sip__username="ada1").exists()


def test_a_recent_proof_is_asked_for(cast: Cast, elements: None) -> None:
    assert seated(cast.chen, ago=timedelta(hours=1)).get(address(cast)).status_code == 303
