"""The page of a policy: what holds, whose it is, what speaks against it, and a look before a change."""

import pytest
from django.test import Client

from linekey.domain.policy_table import PRESETS, TABLE
from linekey.records.models import AuditEntry, Organisation
from tests.build import Cast
from tests.web_staff.conftest import Browser
from tests.web_staff.test_organisations import of

POLICY, PREVIEW = "/politique", "/politique/apercu"


def sources(client: Client, organisation: Organisation) -> dict[str, str]:
    lines = client.get(of(organisation, POLICY)).context["lines"]
    return {line.name: line.source for line in lines}


def decide(organisation: Organisation, **values: object) -> None:
    organisation.policy = {**organisation.policy, **values}
    organisation.save()


def kept(organisation: Organisation) -> dict[str, object]:
    found: dict[str, object] = Organisation.objects.get(pk=organisation.pk).policy
    return found


def test_each_value_says_whose_it_is_and_names_nobody_above_what_one_sees(
    cast: Cast, browser: Browser
) -> None:
    """Law 11: above a company stands its reseller, and above that its operator, whoever they are."""
    decide(cast.reseller, lock_after=5)
    decide(cast.lumen, case_wait_hours=24)
    told = sources(browser(cast.bruno), cast.lumen)
    assert told["pppoe_delivery"] == "decided by your operator"
    assert told["lock_after"] == "decided by your reseller"
    assert told["case_wait_hours"] == "decided here"
    assert told["sip_rules"] == "nobody decided: by default"
    content = browser(cast.bruno).get(of(cast.lumen, POLICY)).content.decode()
    assert "Chen Télécom" not in content
    assert sources(browser(cast.chen), cast.lumen)["lock_after"] == "decided by Chen Télécom"
    assert sources(browser(cast.chen), cast.lumen)["pppoe_delivery"] == "decided by your operator"
    assert sources(browser(cast.olivia), cast.lumen)["pppoe_delivery"] == "decided by Linekey Télécom"


@pytest.mark.parametrize("who", ["bruno", "chen", "dina", "olivia"])
def test_every_value_stands_there_with_what_speaks_against_it(cast: Cast, browser: Browser, who: str) -> None:
    page = browser(getattr(cast, who)).get(of(cast.lumen, POLICY))
    assert [line.name for line in page.context["lines"]] == list(TABLE)
    content = page.content.decode()
    assert "OWASP (Forgot Password Cheat Sheet)" in content, "the operator mails PPPoE passwords"
    for line in page.context["lines"]:
        said = {caution for _title, caution in line.against} | {line.caution} - {""}
        assert len(said) == len(set(TABLE[line.name].cautions.values()))
    assert "6.4.6" in content and "can no longer stop anything" in content


def test_support_reads_the_policy_and_is_offered_no_change(cast: Cast, browser: Browser) -> None:
    dina = browser(cast.dina)
    content = dina.get(of(cast.lumen, POLICY)).content.decode()
    assert PREVIEW not in content and "<select" not in content
    assert dina.get(of(cast.lumen, PREVIEW), {"modele": "anssi"}).status_code == 403
    assert dina.post(of(cast.lumen, PREVIEW), {"modele": "anssi"}).status_code == 403
    assert kept(cast.lumen) == {}


def test_a_value_is_shown_before_it_is_changed_and_then_changed(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen)
    asked = {"pppoe_delivery": "link", "security_question": "yes", "lock_after": "", "sip_rules": ""}
    (delivery, question) = chen.get(of(cast.lumen, PREVIEW), asked).context["turns"]
    assert (delivery.before, delivery.after) == ("In the e-mail itself", "A link that shows it once")
    assert (question.before, question.after) == ("Not used", "Offered") and "NIST" in question.caution
    assert kept(cast.lumen) == {}
    answer = chen.post(of(cast.lumen, PREVIEW), asked)
    assert answer.headers["Location"] == of(cast.lumen, POLICY)
    assert kept(cast.lumen) == {"pppoe_delivery": "link", "security_question": True}
    assert "The policy of Atelier Lumen was changed." in chen.get(of(cast.lumen, POLICY)).content.decode()
    assert AuditEntry.objects.filter(action="policy.set").count() == 2


def test_a_value_left_empty_is_inherited_again(cast: Cast, browser: Browser) -> None:
    decide(cast.reseller, lock_after=5)
    decide(cast.lumen, lock_after=20, sip_rules="anssi")
    chen = browser(cast.chen)
    (turn,) = chen.get(of(cast.lumen, PREVIEW), {"lock_after": ""}).context["turns"]
    assert (turn.before, turn.after, turn.left) == ("20", "5", True)
    chen.post(of(cast.lumen, PREVIEW), {"lock_after": ""})
    assert kept(cast.lumen) == {"sip_rules": "anssi"}


@pytest.mark.parametrize("preset", ["anssi", "nist", "legacy"])
def test_a_preset_is_looked_at_first(cast: Cast, browser: Browser, preset: str) -> None:
    chen = browser(cast.chen)
    page = chen.get(of(cast.lumen, PREVIEW), {"modele": preset})
    assert len(page.context["turns"]) == len(TABLE) and kept(cast.lumen) == {}
    assert bool([turn for turn in page.context["turns"] if turn.caution]) is (preset == "legacy")
    chen.post(of(cast.lumen, PREVIEW), dict(page.context["sent"]))
    assert kept(cast.lumen) == PRESETS[preset]
    again = chen.get(of(cast.lumen, PREVIEW), {"modele": preset})
    assert again.context["turns"] == [] and b"Nothing would change." in again.content


@pytest.mark.parametrize(
    "asked",
    [
        {"modele": "pci"},
        {"modele": ""},
        {"lock_after": "2"},
        {"lock_after": "x" * 10_000},
        {"sip_rules": "a\0b"},
        {"security_question": "<script>"},
    ],
)
def test_what_there_is_not_is_refused_and_nothing_set(
    cast: Cast, browser: Browser, asked: dict[str, str]
) -> None:
    chen = browser(cast.chen)
    for answer in (chen.get(of(cast.lumen, PREVIEW), asked), chen.post(of(cast.lumen, PREVIEW), asked)):
        assert answer.status_code == 400 and b"<script>" not in answer.content.partition(b"<main")[2]
    assert kept(cast.lumen) == {}


def test_what_is_no_value_is_not_even_read(cast: Cast, browser: Browser) -> None:
    sent = {"path": "1.", "kind": "operator", "name": "Pirate", "lock_after": "7"}
    browser(cast.chen).post(of(cast.lumen, PREVIEW), sent)
    found = Organisation.objects.get(pk=cast.lumen.pk)
    assert (found.policy, found.name, found.path) == ({"lock_after": 7}, "Atelier Lumen", cast.lumen.path)


def test_a_recent_proof_is_wanted_before_the_preview(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen, proved=False)
    assert chen.get(of(cast.lumen, POLICY)).status_code == 200
    answer = chen.get(of(cast.lumen, PREVIEW), {"modele": "anssi"})
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/confirmer?next=")
