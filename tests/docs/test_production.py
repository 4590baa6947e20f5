"""The way to production names every file of deploy/ it needs, every unit, and no port that is not in them."""

import re

from tests.docs.pages import ROOT, blocks, text_of

PAGE = "docs/howto/run-in-production.md"
FOLDERS = ("systemd", "nginx", "logrotate", "prometheus")
TRIED = {"alerts.test.yml"}
"""For whoever changes the rules."""


def test_every_file_is_put_into_its_place() -> None:
    text = text_of(PAGE)
    installed = re.sub(r"cp -r linekey\.target linekey-\*", " ".join(_units()), text)
    for folder in FOLDERS:
        for file in (ROOT / "deploy" / folder).iterdir():
            assert file.name in TRIED or file.name in installed, f"deploy/{folder}/{file.name}"


def _units() -> list[str]:
    return [file.name for file in (ROOT / "deploy" / "systemd").glob("linekey-*")] + ["linekey.target"]


def test_every_credential_of_a_unit_is_explained() -> None:
    units = "".join(file.read_text() for file in (ROOT / "deploy" / "systemd").glob("*.service"))
    asked = set(re.findall(r"^LoadCredential=([\w-]+):", units, re.MULTILINE))
    table = text_of(PAGE).partition("| File |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", table)) == asked


def test_the_ports_are_the_same_everywhere() -> None:
    upstream = set(re.findall(r"server 127\.0\.0\.1:(\d+)", text_of("deploy/nginx/linekey.conf")))
    scraped = text_of("deploy/prometheus/prometheus.yml")
    started = " ".join(blocks(text_of(PAGE), "sh"))
    begun = re.findall(r"systemctl enable --now linekey\.target (.*)", started)[0]
    assert set(re.findall(r"linekey-web@(\d+)", begun)) == upstream
    assert set(re.findall(r"127\.0\.0\.1:(\d+)/readyz", scraped)) == upstream
    workers = re.search(r"job_name: linekey-worker\n.*\n.*targets: \[(.*)\]", scraped)
    assert workers
    assert set(re.findall(r"linekey-worker@(\d+)", begun)) == set(re.findall(r":(\d+)", workers[1]))
