"""Which calls a consumer key covers and from where: their wildcard, read without a regular expression."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain.call_rules import (
    LONGEST_PATH,
    METHODS,
    MOST_NETWORKS,
    MOST_RULES,
    allowed_from,
    covers,
    may_change_passwords,
    require_readable_networks,
    require_readable_rules,
)
from linekey.domain.errors import Malformed


def rule(path: str, method: str = "GET") -> list[dict[str, str]]:
    return [{"method": method, "path": path}]


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("/me", "/me", True),
        ("/me", "/me/", False),
        ("/me", "/mes", False),
        ("/*", "/", True),
        ("/*", "/xdsl/xdsl-ab12345-1", True),
        ("/telephony/*", "/telephony", False),
        ("/telephony/*", "/telephony/", True),
        ("/telephony/*", "/telephony/a/line/b", True),
        ("/xdsl/*/modem", "/xdsl/a/modem", True),
        ("/xdsl/*/modem", "/xdsl/modem", False),
        ("/a*a", "/a", False),
        ("/*/b/*/c", "/x/b/y/c", True),
        ("/*/b/*/c", "/x/c/y/b", False),
        ("/**", "/anything", True),
    ],
)
def test_a_rule_covers_what_the_dialect_says(pattern: str, path: str, covered: bool) -> None:
    assert covers(rule(pattern), "GET", path) is covered


@given(st.text("/ab*", max_size=12).map("/".__add__), st.text("/ab", max_size=12).map("/".__add__))
def test_a_star_stands_for_any_text_and_nothing_else_is_special(pattern: str, path: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), path, re.DOTALL)
    assert covers(rule(pattern), "GET", path) is bool(expected)


def test_a_rule_for_one_method_grants_no_other() -> None:
    for granted in METHODS:
        for asked in METHODS:
            assert covers(rule("/*", granted), asked, "/me") is (granted == asked)
    assert not covers([], "GET", "/me")


def test_a_pattern_made_to_be_slow_is_answered_at_once() -> None:
    pattern, path = "/" + "a*" * 149 + "b", "/" + "a" * 5000
    began = time.perf_counter()
    assert not covers(rule(pattern), "GET", path)
    assert time.perf_counter() - began < 0.1


@pytest.mark.parametrize(
    ("method", "pattern", "may"),
    [
        ("POST", "/*", True),
        ("POST", "/xdsl/*", True),
        ("POST", "/xd*", True),
        ("POST", "/telephony/a/line/b/changePassword", True),
        ("POST", "/me", False),
        ("POST", "/me/*", False),
        ("GET", "/*", False),
        ("PUT", "/xdsl/*", False),
    ],
)
def test_a_person_is_told_which_rules_can_change_passwords(method: str, pattern: str, may: bool) -> None:
    assert may_change_passwords(method, pattern) is may


@pytest.mark.parametrize(
    ("networks", "address", "allowed"),
    [
        ([], "203.0.113.9", True),
        (["203.0.113.0/24"], "203.0.113.9", True),
        (["203.0.113.9"], "203.0.113.9", True),
        (["203.0.113.9/24"], "203.0.113.200", True),
        (["203.0.113.0/24"], "203.0.114.9", False),
        (["203.0.113.0/24"], "::ffff:203.0.113.9", True),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "203.0.113.9", False),
        (["203.0.113.0/24"], "2001:db8::1", False),
        (["203.0.113.0/24"], "", False),
        (["0.0.0.0/0"], "not an address", False),
    ],
)
def test_a_key_works_from_its_networks_alone(networks: list[str], address: str, allowed: bool) -> None:
    assert allowed_from(networks, address) is allowed


def test_rules_and_networks_that_can_be_read_are_taken() -> None:
    require_readable_rules([("GET", "/*")] * MOST_RULES)
    require_readable_rules([("DELETE", "/" + "a" * (LONGEST_PATH - 1))])
    require_readable_networks(["203.0.113.9/24", "2001:db8::1"] * (MOST_NETWORKS // 2))
    require_readable_networks([])


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ([], "accessRules"),
        ([("GET", "/*")] * (MOST_RULES + 1), "accessRules"),
        ([("PATCH", "/*")], "method"),
        ([("get", "/*")], "method"),
        ([("GET", "me")], "path"),
        ([("GET", "")], "path"),
        ([("GET", "/a\nb")], "path"),
        ([("GET", "/" + "a" * LONGEST_PATH)], "path"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_by_its_field(rules: list[tuple[str, str]], field: str) -> None:
    with pytest.raises(Malformed) as refusal:
        require_readable_rules(rules)
    assert refusal.value.values["field"] == field


@pytest.mark.parametrize(
    "networks", [["203.0.113.256"], ["example.org"], [""], ["10.0.0.0/8"] * (MOST_NETWORKS + 1)]
)
def test_a_network_that_cannot_be_read_is_refused(networks: list[str]) -> None:
    with pytest.raises(Malformed) as refusal:
        require_readable_networks(networks)
    assert refusal.value.values["field"] == "allowedIPs"
