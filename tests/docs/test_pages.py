"""Every page: its links lead somewhere, the files and tests it names exist, its examples can be read."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, every_page, exists, name_of, prose, rows, tests_named

IMAGES = ROOT / "docs" / "images"
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FILE = re.compile(r"`((?:src|deploy|docs|bin|requirements)/[\w./-]+)`")
_HOSTS = re.compile(r"https?://([\w.-]+)")
OPEN_HOSTS = frozenset({"localhost", "127.0.0.1"})
"""Beside these, pages name example domains only (RFC 2606): no package address, nobody's machine."""
EXAMPLE = re.compile(r"(^|\.)(example|test)(\.(com|net|org))?$")

pages = pytest.mark.parametrize("page", every_page(), ids=name_of)


@pages
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    lost = []
    for target in _LINK.findall(prose(page.read_text(encoding="utf-8"))):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        # Pictures are taken of finished pages: none is missed before the first one is there.
        if file.is_relative_to(IMAGES) and not IMAGES.exists():
            continue
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            lost.append(target)
    assert lost == []


@pages
def test_every_file_and_test_it_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lost = [name for name in _FILE.findall(text) if not (ROOT / name).exists()]
    lost += [f"{file}::{test}" for file, test in tests_named(text) if not exists(file, test)]
    assert lost == []


@pages
def test_its_examples_can_be_read(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for example in blocks(text, "python"):
        compile(example, name_of(page), "exec")
    for example in blocks(text, "sh"):
        told = subprocess.run(["bash", "-n"], input=example, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr


@pages
def test_it_names_no_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    hosts = {host for host in _HOSTS.findall(text) if host not in OPEN_HOSTS and not EXAMPLE.search(host)}
    assert hosts <= PUBLISHERS
    assert not re.search(r"(?<![\w.])/(?:home|root|work|Users)/", text)


PUBLISHERS = frozenset({"www.rfc-editor.org"})
"""Whom we quote."""


def _anchors(file: Path) -> set[str]:
    """Headings as GitHub makes anchors of them."""
    titles = re.findall(r"^#+ (.+)$", prose(file.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_every_dependency_has_a_line_that_says_why() -> None:
    asked = "\n".join((ROOT / "requirements" / f"{which}.in").read_text() for which in ("run", "dev"))
    names = re.findall(r"^([A-Za-z][\w.-]*)", asked, re.MULTILINE)
    table = (ROOT / "docs/decisions/0006-dependencies.md").read_text(encoding="utf-8")
    assert sorted(cells[0].strip("`") for cells in rows(table)) == sorted(names)
