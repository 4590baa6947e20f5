"""What the cookie of a browser names (SESSION_ENGINE): Django's own sessions, opened in one statement.

Django asks first whether a random key is taken, and then begins a transaction for one row. Here the row
itself says so: its key is unique, and the one in 10^48 that is taken is drawn again.
"""

import secrets

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError
from django.contrib.sessions.models import Session
from django.db import IntegrityError
from django.utils import timezone

from linekey.records.prepared import Question, insert, moment, text

_BYTES = 20
"""160 random bits, in the forty characters of the column."""


class SessionStore(db.SessionStore):
    def _get_new_session_key(self) -> str:
        return secrets.token_hex(_BYTES)

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key or ""
        # A cookie is somebody else's words: not all of them can be sent to a database.
        found = _LIVING.first(key=key, now=timezone.now()) if key.isascii() and key.isalnum() else None
        if found is None:
            self._session_key = None
        return found

    def save(self, must_create: bool = False) -> None:
        if not must_create:
            super().save()
            return
        row = self.create_model_instance(self._get_session(no_load=True))  # type: ignore[attr-defined]
        try:
            insert([row])
        except IntegrityError:
            raise CreateError from None


_LIVING = Question(lambda: Session.objects.filter(session_key=text("key"), expire_date__gt=moment("now")))
