"""Argon2id with parameters chosen on purpose, and a bound on how many run at once.

p=1 and 19 MiB (OWASP minimum) by default: see docs/reference/settings.md for the cost of each choice. The
bound keeps a flood of sign-ins from taking all memory: at most `slots` × memory is ever in use per process.
"""

from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

_slots = BoundedSemaphore(settings.LINEKEY_ARGON2_SLOTS)


class Argon2id(Argon2PasswordHasher):
    time_cost = settings.LINEKEY_ARGON2_TIME
    memory_cost = settings.LINEKEY_ARGON2_MEMORY_KIB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _slots:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _slots:
            return super().verify(password, encoded)
