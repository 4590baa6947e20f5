"""What our logs may hold: a link's token opens something, so no line of a log quotes it (law 5)."""

import logging
import re

_TOKENS = re.compile(
    r"(/(?:lien|mot-de-passe-perdu|activation|dossier)/|credentialToken(?:=|%3D)|lk(?:sk|at|rt)_)[^\s/?&\"']+"
)


class WithoutTokens(logging.Filter):
    """Masks one-time links, access keys and their tokens in whatever a library logs about a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _TOKENS.sub(r"\1••••", record.getMessage()), ()
        return True
