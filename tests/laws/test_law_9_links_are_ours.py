"""Law 9: a link in a mail leads to the configured public address, whatever anybody sends us."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from linekey import wiring
from linekey.delivery.letters import MESSAGES
from linekey.domain.access import Role, Scope
from linekey.domain.campaigns import CampaignMode, HandOver
from linekey.domain.contacts import Contact
from linekey.domain.kinds import Mode
from linekey.domain.members import DisabledFor
from linekey.domain.policy import MemberReset
from linekey.domain.secret import Secret
from linekey.records.models import ElementHealth, Factor, Organisation, Person, ServiceMail, Tally
from linekey.records.search_words import Filters
from linekey.usecases import (
    activate_account,
    carry_out_case,
    change_contact,
    clear_factors,
    create_account,
    decide_case,
    end_grace,
    invite_member,
    manage_access_key,
    manage_member,
    recover_account,
    remove_factor,
    reset_member,
    rotate_credential,
    send_webhook,
    sign_in,
    stop_case,
    unlock_member,
    work_case,
)
from linekey.worker import schedule
from tests.build import GOOD_SIP_PASSWORD, PORTAL_PASSWORD, Cast, actor, ask_for_codes, visitor
from tests.cases import PERIOD, a_case, decided, stop_token
from tests.hands import PUBLIC_URL, Hands, work
from tests.lab.second_factors import add_app, add_codes, asked_for_more, newest_code, recovery, sent
from tests.laws.links import NEW, use
from tests.laws.strangers import WRONG, Typed, refused
from tests.receiver import hook
from tests.usecases.campaigns import orders, started, step
from tests.usecases.reading import link_in

LINE, ACCESS = "0033972101010", "xdsl-ab12345-1"
TO_APPLICANTS = {"case_opened", "case_more_wanted", "case_refused"}
NEWER = Secret("encore une autre phrase de portail")
SPOOFED = "https://evil.example/?x="
LIAR = visitor(device=SPOOFED, address="evil.example")


class Story:
    """What provokes every mail, by people who put addresses where words belong; the worker works between."""

    def __init__(self, cast: Cast, now: datetime, hands: Hands) -> None:
        self.cast, self.now, self.hands = cast, now, hands
        self.ada, self.bruno = actor(cast.ada, now), actor(cast.bruno, now)

    def services(self) -> list[Callable[[], object]]:
        now, ada, bruno = self.now, self.ada, self.bruno
        return [
            lambda: rotate_credential.send(actor=ada, reference=LINE, operation="a", now=now),
            lambda: rotate_credential.send(actor=ada, reference=ACCESS, operation="a", now=now),
            lambda: rotate_credential.change(
                actor=ada, reference=LINE, new=GOOD_SIP_PASSWORD, operation="b", now=now
            ),
            lambda: rotate_credential.reset(actor=ada, reference=ACCESS, operation="b", now=now),
            lambda: rotate_credential.retire(actor=bruno, reference=LINE, operation="c", now=now),
            lambda: rotate_credential.retire(actor=bruno, reference=ACCESS, operation="c", now=now),
            lambda: Organisation.objects.update(policy={}),
            lambda: rotate_credential.send(actor=ada, reference=ACCESS, operation="d", now=now),
        ]

    def without_outage(self) -> list[Callable[[], object]]:
        ask: dict[str, Any] = {"actor": self.ada, "operation": "g", "now": self.now}
        found: list[Callable[[], object]] = [lambda: schedule.look_at_elements(self.hands.outside, self.now)]
        for reference in (LINE, ACCESS):
            found += [
                partial(
                    rotate_credential.reset,
                    reference=reference,
                    mode=Mode.IMMEDIATE,
                    **ask | {"operation": "f"},
                ),
                partial(rotate_credential.reset, reference=reference, mode=Mode.GRACE, **ask),
                partial(end_grace.end, reference=reference, **ask | {"operation": "h"}),
            ]
        return [*found, lambda: ElementHealth.objects.all().delete()]

    def webhooks(self) -> list[Callable[[], object]]:
        later = self.now + timedelta(days=6)
        self.hands.webhooks.down = True
        return [
            lambda: hook(self.cast.bruno, SPOOFED, now=self.now),
            lambda: rotate_credential.reset(actor=self.ada, reference=LINE, operation="w", now=self.now),
            lambda: send_webhook.give_up_due(now=later),
            lambda: work(self.hands, later),
        ]

    def campaigns(self) -> list[Callable[[], object]]:
        ask: dict[str, Any] = {"actor": self.ada, "operation": "e", "now": self.now}
        return [
            lambda: rotate_credential.reset(reference=LINE, **ask),
            lambda: rotate_credential.reset(reference=ACCESS, **ask),
            self.run_campaign,
        ]

    def run_campaign(self) -> None:
        began = self.now - timedelta(minutes=1)
        wanted = orders(CampaignMode.IMMEDIATE, HandOver.LINK)
        campaign = started(self.cast.chen, began, wanted, filters=Filters())
        for second in range(2):
            step(campaign, began + timedelta(seconds=second))

    def signing_in(self) -> list[Callable[[], object]]:
        now, ada = self.now, self.cast.ada
        return [
            lambda: ask_for_codes(self.cast.operator, "never"),
            lambda: sign_in.enter(identifier="ab12345-lk", password=PORTAL_PASSWORD, visitor=LIAR, now=now),
            lambda: ask_for_codes(self.cast.operator),
            self.sign_in_by_code,
            lambda: add_app(ada, now, SPOOFED),
            self.sign_in_by_recovery_code,
            lambda: remove_factor.remove(actor=self.ada, uid=Factor.objects.get().uid, now=now),
            lambda: [refused(Typed("ab12345-lk", WRONG), now, LIAR) for _ in range(10)],
        ]

    def sign_in_by_code(self) -> None:
        flow = asked_for_more(self.cast.ada, self.now)
        work(self.hands, self.now)
        code = sent(newest_code(self.hands))
        sign_in.prove(reference=flow, proof=code, visitor=visitor(), trust=True, now=self.now)

    def sign_in_by_recovery_code(self) -> None:
        codes = add_codes(self.cast.ada, self.now)
        flow = asked_for_more(self.cast.ada, self.now)
        sign_in.prove(reference=flow, proof=recovery(codes[1]), visitor=visitor(), trust=False, now=self.now)

    def accounts(self) -> list[Callable[[], object]]:
        now = self.now
        return [
            self.change_the_address,
            self.make_a_key,
            lambda: self.ask_for_an_account(self.cast.eve.email),
            lambda: self.ask_for_an_account("zoe@example.net"),
            self.activate,
            lambda: invite_member.invite(
                actor=self.bruno,
                first_name="Zoé",
                last_name="Zola",
                email="zz@example.net",
                role=Role.SUBSCRIBER,
                now=now,
            ),
            lambda: Person.objects.filter(pk=self.cast.eve.pk).update(
                is_active=False, disabled_for="payment"
            ),
            lambda: recover_account.ask(identifier="ev67890-lk", visitor=LIAR, now=now),
            lambda: recover_account.ask(identifier="ab12345-lk", visitor=LIAR, now=now),
            lambda: use("recover", link_in(self.newest, "/mot-de-passe-perdu/"), now),
        ]

    def members(self) -> list[Callable[[], object]]:
        now, bruno, olivia = self.now, self.bruno, actor(self.cast.olivia, self.now)
        hers: dict[str, Any] = {"customer_id": "ab12345-lk", "now": now}
        eve: dict[str, Any] = {"customer_id": "ev67890-lk", "now": now}
        return [
            lambda: [refused(Typed("ab12345-lk", WRONG), now, LIAR) for _ in range(10)],
            lambda: unlock_member.unlock(actor=bruno, **hers),
            lambda: manage_member.enable(actor=olivia, **eve),
            lambda: manage_member.disable(actor=olivia, reason=DisabledFor.PAYMENT, **eve),
            lambda: manage_member.change_role(actor=bruno, role=Role.COMPANY_ADMIN, **hers),
            lambda: self.let_resets("mail"),
            lambda: reset_member.send(actor=bruno, way=MemberReset.MAIL, operation="m" * 32, **hers),
            lambda: self.let_resets("typed"),
            lambda: reset_member.set_password(actor=bruno, new=NEWER, **hers),
            lambda: add_app(self.cast.ada, now, SPOOFED),
            lambda: clear_factors.clear(actor=bruno, **hers),
        ]

    def let_resets(self, be: str) -> None:
        Organisation.objects.filter(pk=self.cast.lumen.pk).update(policy={"member_reset": be})

    def cases(self) -> list[Callable[[], object]]:
        now, dina = self.now, actor(self.cast.dina, self.now)
        return [
            lambda: work_case.ask(actor=dina, reference=self.case(), words=SPOOFED, now=now),
            lambda: decide_case.refuse(actor=dina, reference=self.case(), words=SPOOFED, now=now),
            lambda: decided(self.cast, self.hands, now, identifier="bc23456-lk", story=SPOOFED),
            lambda: stop_case.stop(
                token=stop_token(self.hands, self.cast.bruno.email), visitor=LIAR, now=now
            ),
            lambda: Tally.objects.all().delete(),
            lambda: decided(self.cast, self.hands, now, identifier="bc23456-lk", story=SPOOFED),
            lambda: carry_out_case.carry_out_due(now=now + 2 * PERIOD),
            lambda: work(self.hands, now + 2 * PERIOD),
        ]

    def case(self) -> str:
        Tally.objects.all().delete()
        return a_case(self.now, self.hands, story=SPOOFED)

    @property
    def newest(self) -> str:
        return self.hands.mail.mails[-1].written.text

    def change_the_address(self) -> None:
        flow = change_contact.begin(
            actor=self.ada, contact=Contact.BACKUP, value="ada@backup.example", visitor=LIAR, now=self.now
        )
        work(self.hands, self.now)
        change_contact.confirm(
            actor=self.ada, reference=flow, code=newest_code(self.hands), visitor=LIAR, now=self.now
        )

    def make_a_key(self) -> None:
        made = manage_access_key.create(
            actor=self.ada,
            name=SPOOFED,
            scopes=frozenset(Scope),
            networks=[],
            expires_at=self.now + timedelta(days=30),
            now=self.now,
        )
        manage_access_key.revoke(actor=self.ada, key_id=made.key_id, now=self.now)

    def ask_for_an_account(self, email: str) -> None:
        create_account.ask(
            first_name="Zoé",
            last_name="Zola",
            email=email,
            language="fr",
            suffix="lk",
            visitor=LIAR,
            now=self.now,
        )

    def activate(self) -> None:
        token = link_in(self.newest, "/activation/")
        activate_account.finish(token=token, new=NEW, visitor=LIAR, now=self.now)


@pytest.fixture
def everything_was_told(cast: Cast, hands: Hands) -> Hands:
    cast.ada.first_name = SPOOFED
    cast.ada.save()
    story = Story(cast, timezone.now(), hands)
    for chapter in (
        story.services,
        story.without_outage,
        story.webhooks,
        story.campaigns,
        story.signing_in,
        story.accounts,
        story.members,
        story.cases,
    ):
        for happens in chapter():
            happens()
            work(hands)
    return hands


def test_every_link_of_every_mail_leads_to_the_public_address(everything_was_told: Hands) -> None:
    # What goes to an address that has no account, or says to be somebody's, is in nobody's archive.
    archived = set(ServiceMail.objects.values_list("message", flat=True))
    assert archived == MESSAGES.keys() - {"activate_account", *TO_APPLICANTS}
    assert any("/activation/" in mail.written.text for mail in everything_was_told.mail.mails)
    for mail in everything_was_told.mail.mails:
        links = re.findall(r"""href\s*=\s*["']?([^"' >]+)""", unescape(mail.written.html))
        assert links
        assert all(link == PUBLIC_URL or link.startswith((f"{PUBLIC_URL}/", "tel:")) for link in links), links
        for address in re.findall(r"https?://\S+", mail.written.text.replace(SPOOFED, "")):
            assert address.startswith(PUBLIC_URL)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "localhost:4711"},
        {"host": "localhost@evil.example"},
        {"x-forwarded-host": "evil.example"},
        {"x-forwarded-proto": "gopher"},
        {"forwarded": "host=evil.example"},
        {"origin": "https://evil.example"},
        {"referer": "https://evil.example/mot-de-passe-perdu"},
        {"x-original-url": "https://evil.example/"},
    ],
    ids=lambda headers: next(iter(headers)) + "=" + next(iter(headers.values())),
)
def test_no_header_moves_the_link_elsewhere(cast: Cast, hands: Hands, headers: dict[str, str]) -> None:
    """CVE-2026-93453, CVE-2026-50635, CVE-2024-42903: it was built from the request."""
    Client(headers=headers).post("/mot-de-passe-perdu", {"identifier": "ab12345-lk"})
    work(hands)
    for mail in hands.mail.mails:
        assert f"{PUBLIC_URL}/mot-de-passe-perdu/" in mail.written.text
        assert "evil" not in mail.written.text + mail.written.html
        assert re.findall(r"https?://[^/\s]+", mail.written.text) == [PUBLIC_URL] * mail.written.text.count(
            "://"
        )


def test_the_worker_speaks_with_the_public_address_of_the_settings(settings: Settings) -> None:
    settings.LINEKEY_PUBLIC_URL = "https://clients.example.net"
    settings.LINEKEY_ELEMENTS = "memory"
    outside = wiring.wire()
    assert outside.voice.public_url == "https://clients.example.net"
    assert outside.mail_host == "clients.example.net"
