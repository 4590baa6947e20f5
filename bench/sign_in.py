"""Signing in: the form of the portal, beside the same processes doing only the hash of the password.

What is timed is the form that is sent, from a browser its person signed in from before: count, hash, session,
trail and mail. The page which shows it was fetched before the clock starts.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeAlias

from bench import people
from bench.bare.fill import PASSWORD
from bench.bare.running import bare
from bench.ground import Ground
from bench.load import Script, expect, form, once, play, request
from bench.measure import ROUNDS, Result, Target, beside
from bench.serving import Server, serving

if TYPE_CHECKING:
    from linekey.records.models import Person

CLIENTS = 16
Cookies: TypeAlias = Mapping[str, str]
Fields: TypeAlias = Mapping[str, str]
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


def run(ground: Ground) -> Iterable[Result]:
    count = ground.size(200, 16)
    people.migrated()
    who = people.subscribers(people.company(), count)
    people.known(who)
    with ExitStack() as stack:
        ours = stack.enter_context(serving(ground.home, "linekey.config.wsgi"))
        bald = stack.enter_context(bare(ground))
        minimal = stack.enter_context(bare(ground, people=count, settings="settings_login"))
        rounds = [
            (_signed_in(ours, who), _hashed(bald, count), _logged_in(minimal, count))
            for _ in range(ROUNDS + 1)
        ][1:]
    desk, hashes, django = ([each[side] for each in rounds] for side in range(3))
    against = "only the hash"
    why = (
        "beside the hash: 18 statements and four commits (count, forgive, session with trail and mail, "
        "cookie), then form, CSRF and sessions; none of it can wait until after the answer"
    )
    yield beside("sign-in", "/s", desk, hashes, against=against, target=Target(ratio_at_least=0.9), why=why)
    yield beside("sign-in, Django's own", "/s", django, hashes, against=against, target=Target())


def sign_ins(server: Server, who: "Sequence[Person]") -> list[bytes]:
    """The form of each, filled: their pages are fetched for it, as their browsers would."""
    browsers = [{"linekey-browser": people.browser_of(each)} for each in who]
    typed = [{"identifier": each.customer_id, "password": PASSWORD} for each in who]
    return _filled(server, "/connexion", browsers, typed)


def _signed_in(server: Server, who: "Sequence[Person]") -> float:
    return _rate(server, sign_ins(server, who), 303)


def _logged_in(server: Server, count: int) -> float:
    typed = [{"username": f"person{each}", "password": PASSWORD} for each in range(count)]
    return _rate(server, _filled(server, "/login", [{}] * count, typed), 302)


def _hashed(server: Server, count: int) -> float:
    return _rate(server, [form("/hash", {"password": PASSWORD})] * count, 204)


def _rate(server: Server, sent: Sequence[bytes], expected: int) -> float:
    """A second."""
    return len(sent) / play(server.port, (once(each, expected) for each in sent), clients=CLIENTS)


def _filled(server: Server, path: str, browsers: Sequence[Cookies], typed: Sequence[Fields]) -> list[bytes]:
    filled: list[bytes] = []
    pages = (_fill(path, browser, fields, filled) for browser, fields in zip(browsers, typed, strict=True))
    play(server.port, pages, clients=CLIENTS)
    return filled


def _fill(path: str, browser: Cookies, typed: Fields, filled: list[bytes]) -> Script:
    """Fetch the page, and write down what its form would send."""
    page = yield request("GET", path, cookies=browser)
    expect(page, 200)
    token = _TOKEN.search(page.body)
    assert token, "the page shows no form"
    fields = {**typed, "csrfmiddlewaretoken": token[1].decode()}
    filled.append(form(path, fields, cookies={**browser, **page.cookies()}))
