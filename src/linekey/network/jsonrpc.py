"""Kamailio's JSON-RPC over its UNIX datagram socket (module jsonrpcs), one question per call."""

import json
import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from linekey.network.ports import Rejected, Unreachable

BIGGEST_ANSWER = 65536


class RpcFault(Exception):
    """Kamailio answered with an error (JSON-RPC 2.0 section 5.1)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


class KamailioRpc:
    """`socket_path` is jsonrpcs' `dgram_socket`; replies come to a socket of our own, made per call."""

    def __init__(self, element: str, socket_path: Path, timeout: float = 2.0) -> None:
        self._element = element
        self._socket_path = socket_path
        self._timeout = timeout

    def __call__(self, method: str, *params: str | int) -> Any:
        """The `result` of one call. Raises RpcFault, Unreachable, or Rejected when it is not JSON-RPC."""
        with self.open() as ask:
            return ask(method, *params)

    @contextmanager
    def open(self) -> Iterator[Callable[..., Any]]:
        """What answers as the object itself does, one call after the other over one socket.

        To be left where one is not answered: a reply which comes late would be taken for the next.
        """
        # Abstract addresses would spare the file, but Kamailio replies to file names only.
        ours = Path(tempfile.gettempdir()) / f"linekey-rpc-{secrets.token_hex(8)}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
            wire.settimeout(self._timeout)
            try:
                with self._answering():
                    wire.bind(str(ours))
                    # Kamailio may run as another user: it must be able to write its reply here.
                    ours.chmod(0o666)
                    wire.connect(str(self._socket_path))
                yield partial(self._ask, wire)
            finally:
                with suppress(FileNotFoundError):
                    ours.unlink()

    def _ask(self, wire: socket.socket, method: str, *params: str | int) -> Any:
        question = {"jsonrpc": "2.0", "method": method, "params": list(params), "id": secrets.randbits(31)}
        with self._answering():
            wire.send(json.dumps(question).encode())
            raw = wire.recv(BIGGEST_ANSWER)
        try:
            # It repeats what phones call themselves, byte for byte.
            answer = json.loads(raw.decode(errors="replace"), strict=False)
            if "error" in answer:
                raise RpcFault(int(answer["error"]["code"]), str(answer["error"]["message"]))
            return answer["result"]
        except (ValueError, KeyError, TypeError) as error:
            raise Rejected(f"{self._element}: {method} was not answered in JSON-RPC") from error

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            told = f"{self._element}: {self._socket_path.name} does not answer: {error}"
            raise Unreachable(told) from error
