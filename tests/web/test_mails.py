"""« E-mails de service » (PPP-6): everybody reads their own, and an archived mail runs nothing."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from linekey.records.models import ServiceMail
from tests.build import Cast
from tests.web.conftest import SignIn


@pytest.fixture
def mail(cast: Cast, now: datetime) -> ServiceMail:
    return ServiceMail.objects.create(
        person=cast.ada,
        message="signed_in",
        message_id="<1@x>",
        address="ada@example.org",
        subject="[ab12345-lk] Connexion <b>",
        text="Bonjour <script>",
        html="<p>Bonjour</p><script>alert(1)</script>",
        sent_at=now,
    )


def test_ppp_6_the_list_shows_what_was_sent(ada: Client, mail: ServiceMail) -> None:
    assert b"[ab12345-lk] Connexion &lt;b&gt;" in ada.get("/emails").content


def test_a_mail_is_read_by_its_owner_only(cast: Cast, sign_in: SignIn, mail: ServiceMail) -> None:
    assert sign_in(cast.ada).get(f"/emails/{mail.pk}").status_code == 200
    eve = sign_in(cast.eve)
    assert eve.get(f"/emails/{mail.pk}").status_code == 404
    assert eve.get(f"/emails/{mail.pk}/html").status_code == 404
    assert b"Connexion" not in eve.get("/emails").content


def test_its_html_stands_alone_in_a_frame_that_may_do_nothing(ada: Client, mail: ServiceMail) -> None:
    page = ada.get(f"/emails/{mail.pk}").content
    assert b"alert(1)" not in page
    assert b"Bonjour &lt;script&gt;" in page
    assert f'src="/emails/{mail.pk}/html" sandbox title='.encode() in page
    frame = ada.get(f"/emails/{mail.pk}/html")
    policy = frame.headers["Content-Security-Policy"]
    assert "sandbox" in policy.split("; ")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert frame.headers["Cache-Control"] == "no-store"


def test_a_long_archive_is_read_a_page_at_a_time(ada: Client, cast: Cast, now: datetime) -> None:
    ServiceMail.objects.bulk_create(
        ServiceMail(
            person=cast.ada,
            message="m",
            message_id=f"<{number}@x>",
            address="ada@example.org",
            subject=f"Sujet {number}",
            sent_at=now + timedelta(seconds=number),
        )
        for number in range(150)
    )
    first = ada.get("/emails")
    assert b"Sujet 149" in first.content
    assert b"Sujet 49<" not in first.content
    following = first.context["next_before"]
    assert b"Sujet 49<" in ada.get("/emails", {"avant": following}).content
