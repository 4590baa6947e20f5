"""Kamailio's JSON-RPC over its UNIX datagram socket (module jsonrpcs), one question per call."""

import contextlib
import json
import secrets
import socket
import tempfile
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
        question = {"jsonrpc": "2.0", "method": method, "params": list(params), "id": secrets.randbits(31)}
        try:
            raw = self._exchange(json.dumps(question).encode())
        except OSError as error:
            told = f"{self._element}: {self._socket_path.name} does not answer: {error}"
            raise Unreachable(told) from error
        try:
            # It repeats what phones call themselves, byte for byte.
            answer = json.loads(raw.decode(errors="replace"), strict=False)
            if "error" in answer:
                raise RpcFault(int(answer["error"]["code"]), str(answer["error"]["message"]))
            return answer["result"]
        except (ValueError, KeyError, TypeError) as error:
            raise Rejected(f"{self._element}: {method} was not answered in JSON-RPC") from error

    def _exchange(self, question: bytes) -> bytes:
        # Abstract addresses would spare the file, but Kamailio replies to file names only.
        ours = Path(tempfile.gettempdir()) / f"linekey-rpc-{secrets.token_hex(8)}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
            wire.settimeout(self._timeout)
            wire.bind(str(ours))
            try:
                # Kamailio may run as another user: it must be able to write its reply here.
                ours.chmod(0o666)
                wire.connect(str(self._socket_path))
                wire.send(question)
                return wire.recv(BIGGEST_ANSWER)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    ours.unlink()
