"""One call of the API: the key as bearer, JSON there and back, and every failure as `Trouble`."""

import json
import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from linekey.cli.kept import Key
from linekey.cli.trouble import Exit, Trouble, status_of

PROBLEM = "application/problem+json"
JSON = "application/json"
_AWAY = (502, 503, 504)
LASTS = httpx.Timeout(60.0, connect=10.0)


class Desk:
    def __init__(self, key: Key, transport: httpx.BaseTransport | None = None) -> None:
        self._client = httpx.Client(
            base_url=key.url,
            headers={"Authorization": f"Bearer {key.secret}", "Accept": f"{JSON}, {PROBLEM}, */*"},
            timeout=LASTS,
            transport=transport,
            # The trust of the machine, as its other programs have it; a transport of its own has its own.
            verify=ssl.create_default_context() if transport is None else True,
            # A proxy is for TLS, which it cannot read: what goes to this very machine stays on it.
            trust_env=key.url.startswith("https://"),
        )

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        once: str = "",
    ) -> Any:
        """The value of a JSON answer, None when there is none. `once` names the request. Raises Trouble."""
        answer = self._ask(method, path, query, body, once)
        if not answer.content:
            return None
        if _media(answer) != JSON:
            raise no_desk()
        try:
            return answer.json()
        except ValueError:
            raise no_desk() from None

    def fetch(self, path: str, *, query: Mapping[str, Any] | None = None) -> bytes:
        """A file, as it comes. Raises Trouble."""
        return self._ask("GET", path, query, None, "").content

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
        once: str,
    ) -> httpx.Response:
        content = _sent(body) if body else None
        named = {"Idempotency-Key": once} if once else {}
        if content is not None:
            named["Content-Type"] = JSON
        try:
            answer = self._client.request(
                method, path, params=dict(query or {}), content=content, headers=named
            )
        except httpx.InvalidURL:
            raise Trouble(Exit.USAGE, "The address of the call cannot be read.") from None
        except httpx.TimeoutException:
            raise Trouble(
                Exit.UNREACHABLE, "The desk did not answer in time.", _again(method, once)
            ) from None
        except httpx.DecodingError:
            raise no_desk() from None
        except httpx.TransportError as fault:
            raise _unreachable(self._client.base_url.host, fault, _again(method, once)) from None
        if answer.is_success:
            return answer
        raise _problem(answer, _again(method, once))


def _sent(body: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:  # Half a character, or a number that is none.
        raise Trouble(Exit.USAGE, "A value that was typed cannot be sent.", "Write it in UTF-8.") from None


def _again(method: str, once: str) -> str:
    """A change that may have been recorded is sent again under the same name: then it happens once."""
    if once:
        return f"Send it again with --once {once}: what was done is not done twice."
    if method == "GET":
        return "Try again in a moment."
    return "Look whether it was done before you send it again."


def _unreachable(host: str, fault: httpx.TransportError, again: str) -> Trouble:
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Trouble(
                Exit.UNREACHABLE,
                f"The certificate of {host} cannot be trusted, so no key was sent.",
                "Check the address; add your operator's authority to the trust of this machine.",
            )
        cause = cause.__cause__ or cause.__context__
    return Trouble(Exit.UNREACHABLE, f"{host} cannot be reached.", again)


def _problem(answer: httpx.Response, again: str) -> Trouble:
    """RFC 9457, in the desk's own words. What speaks otherwise is no desk."""
    if _media(answer) != PROBLEM and answer.status_code in _AWAY:
        # A proxy in front of it says so in its own words.
        return Trouble(Exit.UNREACHABLE, "The desk is not there at the moment.", again)
    if _media(answer) != PROBLEM:
        raise no_desk()
    try:
        told = answer.json()
        sentence, next_step = str(told["detail"]), str(told["next_step"])
        advice = [f"- {broken['advice']}" for broken in told.get("broken") or []]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise no_desk() from None
    return Trouble(status_of(answer.status_code), "\n".join([sentence, *advice]), next_step)


def no_desk() -> Trouble:
    """For an answer that speaks another language, and for one without a field it must have."""
    return Trouble(
        Exit.UNREACHABLE,
        "What answers there is not the API of Linekey.",
        "Check the address you signed in to, and any proxy in between.",
    )


def _media(answer: httpx.Response) -> str:
    return str(answer.headers.get("Content-Type", "")).partition(";")[0].strip().lower()
