"""A reseller's and a subscriber's services from the command line, against the real application."""

import json

import httpx
import pytest

from linekey.cli.trouble import Exit
from tests.build import GOOD_SIP_PASSWORD, Cast
from tests.cli.shell import Shell, answering

LINE, ACCESS = "0033972101010", "xdsl-ab12345-1"


def test_whoami_says_whom_the_key_acts_as(ada: Shell) -> None:
    told = ada.run("whoami")
    assert told.status == Exit.DONE
    assert "customer_id\tab12345-lk\n" in told.out


def test_in_a_pipe_a_row_is_a_line_and_a_tab_parts_its_columns(ada: Shell) -> None:
    rows = [line.split("\t") for line in ada.run("services", "search").out.splitlines()]
    assert LINE in {row[0] for row in rows} and len({len(row) for row in rows}) == 1


def test_on_a_terminal_it_is_a_table_as_wide_as_the_terminal(ada: Shell) -> None:
    ada.terminal, ada.width = True, 60
    out = ada.run("services", "search").out
    assert any(line.startswith("Reference") for line in out.splitlines())
    assert any(line.startswith(LINE) for line in out.splitlines())
    assert max(map(len, out.splitlines())) <= 60
    assert "\x1b" not in out


def test_colours_are_for_terminals_that_have_them(ada: Shell) -> None:
    ada.terminal = ada.colour = True
    assert "\x1b[1m" in ada.run("services", "search").out


def test_json_is_the_api_s_own_answer(ada: Shell) -> None:
    told = json.loads(ada.run("services", "show", LINE, "--json").out)
    assert told["reference"] == LINE and told["username"] == LINE and "actions" in told
    assert set(json.loads(ada.run("services", "search", "--json").out)) >= {"services", "next"}


def test_a_filter_narrows(ada: Shell) -> None:
    assert ada.run("services", "search", "--kind", "pppoe_access").out.split("\t")[0] == ACCESS


def test_all_follows_every_page(elsewhere: Shell) -> None:
    """Three pages, as the API parts them."""

    def page(request: httpx.Request) -> httpx.Response:
        assert request.url.params["kind"] == "sip_line"
        start = int(request.url.params.get("after", 0))
        rows = [{"reference": f"{number:04}"} for number in range(start, min(start + 100, 230))]
        return httpx.Response(200, json={"services": rows, "next": str(start + 100) if start < 200 else None})

    elsewhere.transport = answering(page)
    asked = ("services", "search", "--kind", "sip_line")
    first = elsewhere.run(*asked)
    assert len(first.out.splitlines()) == 100 and "--all" in first.err
    every = elsewhere.run(*asked, "--all")
    assert [line.split("\t")[0] for line in every.out.splitlines()] == [f"{each:04}" for each in range(230)]
    assert every.err == ""
    told = json.loads(elsewhere.run(*asked, "--all", "--json").out)
    assert len(told["services"]) == 230 and told["next"] is None


def test_a_reset_names_the_number_and_the_consequence_and_waits(ada: Shell, cast: Cast) -> None:
    ada.answers = ["n"]
    told = ada.run("services", "reset", LINE)
    assert told.status == Exit.REFUSED and told.out == ""
    assert "+33972101010" in told.err and "refused at once, or once the new one is used" in told.err
    assert "Nothing was changed" in told.err
    assert cast.line.versions.count() == 0
    ada.answers = ["y"]
    assert ada.run("services", "reset", LINE).status == Exit.DONE
    assert cast.line.versions.count() == 1


def test_without_anybody_to_ask_yes_must_be_said(ada: Shell, cast: Cast) -> None:
    told = ada.run("services", "reset", LINE)
    assert told.status == Exit.USAGE and "--yes" in told.err
    assert cast.line.versions.count() == 0


def test_quiet_prints_the_secret_alone(ada: Shell) -> None:
    told = ada.run("services", "reset", LINE, "--yes", "--quiet")
    assert told.status == Exit.DONE and told.err == ""
    assert len(told.out.strip()) == 16 and told.out.count("\n") == 1


def test_law_6_a_reset_sent_again_under_its_name_shows_nothing(ada: Shell, cast: Cast) -> None:
    asked = ("services", "reset", LINE, "--yes", "--quiet", "--once", "my-own-request-1")
    assert ada.run(*asked).status == Exit.DONE
    again = ada.run(*asked)
    assert again.status == Exit.REFUSED and again.out == ""
    assert again.err.splitlines()[0] == "This password was already shown once, and cannot be shown again."
    assert cast.line.versions.count() == 1


def test_a_new_password_is_typed_twice_without_an_echo(ada: Shell, cast: Cast) -> None:
    ada.answers = [GOOD_SIP_PASSWORD.reveal(), "another"]
    assert ada.run("services", "change", LINE, "--yes").status == Exit.USAGE
    ada.answers = [GOOD_SIP_PASSWORD.reveal()] * 2
    told = ada.run("services", "change", LINE, "--yes")
    assert told.status == Exit.DONE and GOOD_SIP_PASSWORD.reveal() not in told.out + told.err
    assert cast.line.versions.count() == 1


def test_or_piped_in(ada: Shell, cast: Cast) -> None:
    ada.piped = GOOD_SIP_PASSWORD.reveal()
    assert ada.run("services", "change", LINE, "--yes").status == Exit.USAGE
    assert ada.run("services", "change", LINE, "--yes", "--stdin").status == Exit.DONE


def test_sip_2_conditions_that_are_not_met_are_told_one_by_one(ada: Shell) -> None:
    ada.piped = "short"
    told = ada.run("services", "change", LINE, "--yes", "--stdin")
    assert told.status == Exit.REFUSED and "\n- " in told.err and "short" not in told.err


def test_ppp_2_a_modem_reset_is_told(ada: Shell, cast: Cast) -> None:
    told = ada.run("services", "modem-reset", ACCESS, "--yes", "--once", "bootstrap-1")
    assert told.status == Exit.DONE and "version\t1\n" in told.out


@pytest.mark.parametrize("verb", ["show", "progress", "reset"])
def test_law_11_what_is_not_yours_is_not_there(ada: Shell, verb: str) -> None:
    told = [ada.run("services", verb, ref, *run_yes(verb)) for ref in ("0033972202020", "nothing")]
    assert {each.status for each in told} == {Exit.NOT_FOUND} and told[0].err == told[1].err


def run_yes(verb: str) -> tuple[str, ...]:
    return () if verb in ("show", "progress") else ("--yes",)


def test_a_scope_left_out_is_status_3_with_what_to_do(reader: Shell) -> None:
    told = reader.run("services", "reset", LINE, "--yes")
    assert told.status == Exit.NOT_ALLOWED and "credentials" in told.err


@pytest.mark.parametrize("reference", ["..", ".", "", "../me", "a/b", "%2e%2e", "a?b#c", "\udcff"])
def test_a_reference_is_never_a_way_elsewhere(ada: Shell, reference: str) -> None:
    assert ada.run("services", "show", reference).status == Exit.NOT_FOUND
