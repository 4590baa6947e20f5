"""Questions which only a working server answers. A living process proves nothing."""

import http.client
import smtplib
import socket

from linekey.worker.sink_sms import PATH as SENDSMS

_PATIENCE_SECONDS = 3.0


def web_answers(port: int) -> bool:
    """Any page will do, a refusal too: only a broken application answers 5xx, and only a dead one nothing."""
    return _http_answers(port, "/")


def mail_answers(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost", timeout=_PATIENCE_SECONDS) as server:
            return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def sms_answers(port: int) -> bool:
    """A request which names no receiver is refused, and sends nothing."""
    return _http_answers(port, SENDSMS)


def _http_answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def free(port: int, kind: socket.SocketKind) -> bool:
    """Could somebody listen on this loopback port now? Connections closing since a minute do not count."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            if kind == socket.SOCK_STREAM:
                probe.listen(1)
        except OSError:
            return False
    return True
