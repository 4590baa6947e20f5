"""NEW-9: an existing installation is taken over as it is; the desk is never overruled, and nobody is cut."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from linekey.domain.access import Door
from linekey.domain.errors import AlreadyShown, Malformed, NotAllowed, PasswordRefused, StepUpNeeded
from linekey.domain.imported import Check, Columns, Details, Found, Note, Outcome, Reason, Run, Told, Unfit
from linekey.domain.kinds import Mode
from linekey.domain.secret import Secret
from linekey.records import grace, search
from linekey.records.grace import WhyNot
from linekey.records.models import AuditEntry, CredentialVersion, ElementHealth, OutboxEffect, Service
from linekey.records.search_words import Filters
from linekey.usecases import import_services, rotate_credential
from linekey.usecases.import_services import import_rows
from linekey.vault.seal import sip_digests
from tests.build import ACCESS_SERVER, GOOD_SIP_PASSWORD, REALM, REGISTRAR, Cast, actor, organisation
from tests.hands import Hands, states, work

RUN = Run(REGISTRAR, ACCESS_SERVER, organisation="CLI-00042")
NEW = "0033972303030"


def digests(name: str, password: str) -> Columns:
    made = sip_digests(Secret(password), name, REALM)
    return Columns(ha1=Secret(made["md5"]), ha1b=Secret(made["md5_domain"]))


def line(name: str = NEW, /, password: str = "theirs", **said: str) -> Found:
    return Found(f"id {name}", name, REALM, digests(name, password), details=Details(**said))


def typed(name: str = NEW, /, password: str = "theirs", **said: str) -> Found:
    columns = Columns(password=Secret(password))
    return Found(f"line {name}", name, REALM, columns, details=Details(**said), typed=True)


def login(
    name: str = "ab12345009@linekey.adsl",
    password: str = "theirs",
    attribute: str = "Cleartext-Password",
    **said: str,
) -> Found:
    checks = (Check(attribute, ":=", Secret(password)),)
    return Found(f"id {name}", name, checks=checks, details=Details(**said))


def taken(cast: Cast, now: datetime, *rows: Found, run: Run = RUN) -> list[Told]:
    return import_rows(actor=actor(cast.olivia, now), rows=rows, run=run, now=now)


def outcomes(told: list[Told]) -> list[tuple[Outcome, Reason | None]]:
    return [(each.outcome, each.reason) for each in told]


def test_a_line_and_an_access_are_opened_with_the_secrets_they_have(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    said = {"owner": "ada.lemoine@example.org", "name": "L'accueil", "number": "01 84 78 01 99"}
    told = taken(cast, now, line(**said), login(reference="xdsl-9", technology="vdsl"))
    assert outcomes(told) == [(Outcome.NEW, None)] * 2
    opened, access = Service.objects.get(reference=NEW), Service.objects.get(reference="xdsl-9")
    assert (opened.organisation, opened.path, opened.owner) == (cast.lumen, cast.lumen.path, cast.ada)
    assert (opened.name, opened.sip.number, opened.sip.element) == ("L'accueil", "+33184780199", REGISTRAR)
    assert (access.ppp.technology, access.owner, access.created_at) == ("vdsl", None, now)
    for service in (opened, access):
        version = service.versions.get()
        assert (version.number, version.state, version.live_at) == (1, "live", now)
        assert version.made_by == cast.olivia
    assert not OutboxEffect.objects.exists()
    entry = AuditEntry.objects.get(service=opened)
    assert (entry.action, entry.facts) == ("service.import", {"login": f"{NEW}@{REALM}", "version": "1"})
    found = search.found(actor(cast.olivia), Filters(reference=NEW), limit=5)
    assert opened.pk in found


def test_a_second_run_changes_nothing(cast: Cast, now: datetime) -> None:
    rows = [line(), login(), login("crypt@isp", "$6$x", "Crypt-Password"), typed("0033972303031")]
    taken(cast, now, *rows)
    before = list(CredentialVersion.objects.order_by("pk").values())
    told = taken(cast, now + timedelta(days=1), *rows)
    assert outcomes(told) == [(Outcome.SAME, None)] * 4
    assert list(CredentialVersion.objects.order_by("pk").values()) == before


def test_a_dry_run_tells_the_same_and_writes_nothing(cast: Cast, now: datetime) -> None:
    rows = [line(), line(), login(), line("a:b"), typed(cast.line.reference)]
    dry = taken(cast, now, *rows, run=replace(RUN, dry=True))
    assert not CredentialVersion.objects.exists() and not AuditEntry.objects.exists()
    assert taken(cast, now, *rows) == dry


def test_a_password_changed_on_the_element_is_learned_and_the_former_one_is_over(
    cast: Cast, now: datetime
) -> None:
    taken(cast, now, line(), login())
    told = taken(cast, now, line(password="next"), login(password="next"), line(cast.line.reference))
    assert outcomes(told) == [(Outcome.CHANGED, None)] * 3
    versions = Service.objects.get(reference=NEW).versions.order_by("number")
    assert [(each.number, each.state) for each in versions] == [(1, "superseded"), (2, "live")]
    assert cast.line.versions.get().number == 1


def test_what_the_desk_made_is_never_overruled(cast: Cast, now: datetime, hands: Hands) -> None:
    name, change = cast.line.reference, partial(rotate_credential.change, actor=actor(cast.ada), now=now)
    change(reference=name, new=Secret("Platane-77-vert"), operation="overtaken")
    change(reference=name, new=GOOD_SIP_PASSWORD, operation="a")
    old, new = line(name, "old"), line(name, GOOD_SIP_PASSWORD.reveal())
    assert outcomes(taken(cast, now, old)) == [(Outcome.CONFLICT, Reason.PENDING)]
    work(hands)
    assert outcomes(taken(cast, now, old)) == [(Outcome.CONFLICT, Reason.NEWER)]
    assert outcomes(taken(cast, now, new)) == [(Outcome.SAME, None)]
    rotate_credential.retire(actor=actor(cast.olivia, now), reference=name, operation="b", now=now)
    work(hands)
    assert outcomes(taken(cast, now, new)) == [(Outcome.CONFLICT, Reason.RETIRED)]


def test_what_linekey_sealed_itself_is_its_own(cast: Cast, now: datetime, hands: Hands) -> None:
    sealed = login(cast.access.ppp.login, "lk1:00", "Linekey-Sealed-Password")
    told = taken(cast, now, sealed)
    assert (told[0].outcome, told[0].notes) == (Outcome.CHANGED, (Note.ELEMENT_ONLY,))
    assert outcomes(taken(cast, now, sealed)) == [(Outcome.SAME, None)]
    rotate_credential.reset(
        actor=actor(cast.ada, now), reference=cast.access.reference, operation="a", now=now
    )
    work(hands)
    assert outcomes(taken(cast, now, sealed)) == [(Outcome.SAME, None)]


def test_two_passwords_that_differ_are_refused_and_two_that_agree_are_not(cast: Cast, now: datetime) -> None:
    same = replace(line(), columns=replace(digests(NEW, "theirs"), password=Secret("theirs")))
    other = replace(line("0033972303031"), columns=replace(digests("x", "y"), password=Secret("theirs")))
    told = taken(cast, now, same, other)
    assert outcomes(told) == [(Outcome.NEW, None), (Outcome.REFUSED, Reason.TWO_PASSWORDS)]
    assert told[0].notes == (Note.CLEAR_TEXT,)


def test_a_password_typed_for_a_handset_of_ours_is_refused_row_by_row(cast: Cast, now: datetime) -> None:
    """SIP-3: such a handset receives its password by itself."""
    managed = cast.phone_line
    told = taken(
        cast,
        now,
        typed(phone="Yealink T46U"),
        typed(managed.reference),
        line("0033972303031", phone="Snom D735"),
        typed("0033972303032"),
    )
    told += taken(cast, now, line(managed.reference))
    assert outcomes(told) == [
        (Outcome.REFUSED, Reason.MANAGED),
        (Outcome.REFUSED, Reason.MANAGED),
        (Outcome.NEW, None),
        (Outcome.NEW, None),
        (Outcome.CHANGED, None),
    ]
    assert "Yealink T46U" in told[1].sentences[0]
    assert Service.objects.get(reference="0033972303031").sip.managed_phone == "Snom D735"


@pytest.mark.parametrize(
    ("row", "outcome", "why"),
    [
        (line(organisation="CLI-99999"), Outcome.REFUSED, Reason.UNKNOWN_ORGANISATION),
        (line(organisation="CLI-00108"), Outcome.REFUSED, Reason.UNKNOWN_ORGANISATION),
        (line(organisation="#" + "9" * 30), Outcome.REFUSED, Reason.UNKNOWN_ORGANISATION),
        (line(owner="ev@example.org"), Outcome.REFUSED, Reason.UNKNOWN_OWNER),
        (line(owner="chen.wei@example.org"), Outcome.REFUSED, Reason.UNKNOWN_OWNER),
        (line(reference="CTX-00999"), Outcome.CONFLICT, Reason.REFERENCE_TAKEN),
        (line("0033972202020"), Outcome.CONFLICT, Reason.TAKEN),
        (line("0033972101010", organisation="CLI-00007"), Outcome.CONFLICT, Reason.ELSEWHERE),
        (line("a:b"), Outcome.REFUSED, Reason.BAD_NAME),
        (line("a\0b"), Outcome.REFUSED, Reason.UNREADABLE),
        (replace(line(), unfit=Unfit(Reason.FORMULA, field="name")), Outcome.REFUSED, Reason.FORMULA),
    ],
)
def test_a_reseller_imports_into_their_own_branch_alone(
    cast: Cast, now: datetime, row: Found, outcome: Outcome, why: Reason
) -> None:
    told = import_rows(actor=actor(cast.chen, now), rows=[row, line("0033972303099")], run=RUN, now=now)
    assert outcomes(told) == [(outcome, why), (Outcome.NEW, None)]
    assert told[0].sentences and Service.objects.filter(reference="0033972303099").exists()


def test_a_customer_is_named_by_reference_or_number_and_never_guessed(cast: Cast, now: datetime) -> None:
    nobody = replace(RUN, organisation="")
    twin = organisation(cast.operator, "customer", "Homonyme", "CLI-00042")
    told = taken(
        cast,
        now,
        line(),
        line("one", organisation=f"#{cast.verne.pk}"),
        line("two", organisation="CLI-00042"),
        run=nobody,
    )
    assert outcomes(told) == [
        (Outcome.REFUSED, Reason.NO_ORGANISATION),
        (Outcome.NEW, None),
        (Outcome.REFUSED, Reason.SEVERAL_ORGANISATIONS),
    ]
    assert Service.objects.get(reference="one").organisation == cast.verne and twin.pk
    # A line which is known needs nobody to say whose it is.
    assert outcomes(taken(cast, now, line("one"), run=nobody)) == [(Outcome.SAME, None)]


def test_two_rows_which_take_the_same_name_or_reference_are_told_apart(cast: Cast, now: datetime) -> None:
    told = taken(cast, now, line(), line(), line("other", reference=NEW))
    assert outcomes(told) == [
        (Outcome.NEW, None),
        (Outcome.REFUSED, Reason.TWICE),
        (Outcome.CONFLICT, Reason.REFERENCE_TAKEN),
    ]


def test_several_domains_make_several_references(cast: Cast, now: datetime) -> None:
    told = taken(cast, now, line("ada"), run=replace(RUN, with_realm=True))
    assert told[0].reference == f"ada@{REALM}"


@pytest.mark.parametrize("who", ["ada", "bruno", "dina", "eve"])
def test_only_who_may_open_services_imports(cast: Cast, now: datetime, who: str) -> None:
    with pytest.raises(NotAllowed):
        import_rows(actor=actor(getattr(cast, who), now), rows=[line()], run=RUN, now=now)
    assert not Service.objects.filter(reference=NEW).exists()


def test_in_the_portal_a_recent_proof_is_asked_and_on_the_server_the_server_is_it(
    cast: Cast, now: datetime
) -> None:
    with pytest.raises(StepUpNeeded):
        import_rows(actor=actor(cast.olivia), rows=[line()], run=RUN, now=now)
    on_server = actor(cast.olivia, door=Door.SERVER)
    assert import_rows(actor=on_server, rows=[line()], run=RUN, now=now)[0].outcome is Outcome.NEW


def test_an_import_is_written_down_with_what_came_of_it(cast: Cast, now: datetime) -> None:
    counted = Counter({Outcome.NEW: 3, Outcome.REFUSED: 1})
    import_services.finish(actor=actor(cast.olivia, now), source="kamailio", counted=counted, now=now)
    facts = AuditEntry.objects.get(action="services.import").facts
    assert facts == {
        "source": "kamailio",
        "new": "3",
        "changed": "0",
        "same": "0",
        "conflict": "0",
        "refused": "1",
    }


def test_a_file_is_imported_whole_and_written_down_unless_it_is_tried(cast: Cast, now: datetime) -> None:
    content = f"username;domain;password\nada;{REALM};pw\nada;other.test;pw\n".encode()
    take = partial(
        import_services.import_file, actor=actor(cast.olivia, now), content=content, domain="", now=now
    )
    told = take(run=replace(RUN, dry=True), most=2)
    assert [each.reference for each in told] == [f"ada@{REALM}", "ada@other.test"]
    assert not AuditEntry.objects.exists()
    assert take(run=RUN, most=2) == told
    assert AuditEntry.objects.get(action="services.import").facts["new"] == "2"
    with pytest.raises(Malformed):
        take(run=RUN, most=1)


def test_an_imported_password_counts_as_used_and_the_first_new_one_keeps_it_for_a_while(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    """SIP-4 and NEW-1 hold for a line whose digest alone is known."""
    ElementHealth.objects.create(
        name=REGISTRAR, role="registrar", seen_at=now, good=True, since=now, grace=True
    )
    bare = Columns(ha1=digests(cast.line.reference, "Acacia-2201-or").ha1)
    taken(cast, now, replace(line(cast.line.reference), columns=bare))
    ada = actor(cast.ada, now)
    with pytest.raises(PasswordRefused):
        rotate_credential.change(
            actor=ada, reference=cast.line.reference, new=Secret("Acacia-2201-or"), operation="a", now=now
        )
    receipt = rotate_credential.change(
        actor=ada,
        reference=cast.line.reference,
        new=GOOD_SIP_PASSWORD,
        operation="b",
        now=now,
        mode=Mode.GRACE,
    )
    work(hands)
    assert states(receipt.plan)["push"] == "done"
    assert hands.registers(cast.line, "Acacia-2201-or") and hands.registers(cast.line, "Tilleul-4718-bleu")
    assert not hands.registers(cast.line, "Acacia-2201-or")


def test_a_password_only_the_element_knows_is_replaced_by_the_first_new_one_and_cannot_be_kept(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    ElementHealth.objects.create(
        name=ACCESS_SERVER, role="access_server", seen_at=now, good=True, since=now, grace=True
    )
    taken(cast, now, login(cast.access.ppp.login, "$6$x", "Crypt-Password"))
    access = Service.objects.get(pk=cast.access.pk)
    assert bytes(access.versions.get().sealed) == b""
    offer = grace.offer_for(access)
    assert (offer.default, offer.why_not) == (Mode.IMMEDIATE, WhyNot.UNKNOWN_OLD)
    receipt = rotate_credential.reset(
        actor=actor(cast.ada, now), reference=access.reference, operation="a", now=now
    )
    work(hands)
    assert receipt.shown_once and hands.logs_in(cast.access, receipt.shown_once.reveal())
    told = taken(cast, now, login(cast.access.ppp.login, receipt.shown_once.reveal()))
    assert outcomes(told) == [(Outcome.SAME, None)]
    with pytest.raises(AlreadyShown):
        rotate_credential.reset(
            actor=actor(cast.ada, now), reference=access.reference, operation="a", now=now
        )
