"""deploy/prometheus: every alert asks for figures there are, fires when it should, and has a page."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from linekey.domain.metrics import METRICS, Sort
from tests.docs.pages import ROOT, name_of, rows, text_of
from tests.lab.elements import need

FILES = ROOT / "deploy" / "prometheus"
PAGES = ROOT / "docs" / "runbooks"
PARTS = ["For customers", "Look", "Do", "Wake somebody", "It is over when"]
OF_OTHERS = {
    "up",
    "probe_success",
    "probe_duration_seconds",
    "probe_ssl_earliest_cert_expiry",
    "pg_up",
    "node_systemd_unit_state",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
}
"""Figures of Prometheus itself and of the exporters `prometheus.yml` names."""
_WORDS = {"absent", "time", "max", "min", "sum", "by", "or", "rate", "increase", "avg_over_time"}
_WORDS |= {"histogram_quantile"}


@dataclass(frozen=True)
class Rule:
    expression: str
    severity: str


_RULE = re.compile(r"- alert: (\w+)\n\s+expr: (.*?)\n\s+(?:for|labels):.*?severity: (\w+)", re.DOTALL)


def rules() -> dict[str, Rule]:
    found = _RULE.findall((FILES / "alerts.yml").read_text())
    return {name: Rule(expression, severity) for name, expression, severity in found}


def test_every_alert_has_a_page_and_every_page_an_alert() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} - {"README"} == set(rules())
    told = {cells[0].split("]")[0].strip("["): cells[1] for cells in rows(text_of("docs/runbooks/README.md"))}
    assert told == {name: rule.severity for name, rule in rules().items()}


@pytest.mark.parametrize("page", sorted(PAGES.glob("Linekey*.md")), ids=name_of)
def test_a_page_says_what_somebody_woken_at_night_must_know(page: Path) -> None:
    text = page.read_text()
    assert text.startswith(f"# {page.stem}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    assert all(part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE))


def test_every_figure_that_is_asked_for_exists() -> None:
    served = {each.name + ("_total" if each.sort is Sort.COUNTER else "") for each in METRICS}
    for name, rule in rules().items():
        bare = re.sub(r'\{[^}]*\}|\[\w+\]|by \([^)]*\)|"[^"]*"', " ", rule.expression)
        asked = {word.removesuffix("_bucket") for word in re.findall(r"[a-z_]{2,}", bare)} - _WORDS
        assert asked and asked <= served | OF_OTHERS, f"{name} asks for {asked - served - OF_OTHERS}"


def test_no_runbook_reads_a_figure_there_is_not() -> None:
    known = {each.name for each in METRICS}
    for page in PAGES.glob("*.md"):
        named = re.findall(r"\blinekey_[a-z_]+", page.read_text())
        assert {name.removesuffix("_total") for name in named} <= known, page.stem


def test_prometheus_takes_the_rules_and_they_fire_when_they_should() -> None:
    need("promtool")
    for words in (
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts.test.yml"],
        ["check", "config", "--syntax-only", "prometheus.yml"],
    ):
        told = subprocess.run(["promtool", *words], cwd=FILES, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr


def test_every_alert_but_those_of_others_is_tried_out_or_plain() -> None:
    """A rule with a rate, an absence or a comparison of two figures is tried out; `x > 5` needs no proof."""
    tried = (FILES / "alerts.test.yml").read_text()
    for name, rule in rules().items():
        if re.search(r"\b(rate|increase|absent)\(", rule.expression) and name != "LinekeySlowChanges":
            assert name in tried, name
