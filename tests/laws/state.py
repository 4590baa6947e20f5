"""What the desk knows, in one value: to see that a refused request changed nothing and wrote nothing down."""

import re
from typing import Any

from django.apps import apps

CHANGING = frozenset({"session", "opensession", "accesskey", "accesstoken", "tally"})
"""Tables in which being there at all leaves a trace."""

_NUMBER = re.compile(r"""(class="request-number">|urn:linekey:request:)[\w-]+""")
"""Every answer has a number of its own."""


def state_of_everything() -> dict[str, list[str]]:
    """Rows of every table of ours, as text, by table."""
    return {
        model._meta.model_name: sorted(str(row) for row in model._default_manager.values_list())
        for model in apps.get_app_config("linekey").get_models()
        if model._meta.model_name not in CHANGING and model._meta.model_name is not None
    }


def body_of(answer: Any) -> str:
    """Of a streamed answer too."""
    streamed = getattr(answer, "streaming_content", None)
    body = b"".join(streamed) if streamed is not None else answer.content
    return _NUMBER.sub(r"\1…", str(body.decode(errors="replace")))


def unnamed(body: str, named: str) -> str:
    """Without the address that was asked: an answer which repeats it is no other answer."""
    return re.sub(rf"(/|%2F){re.escape(named)}\b", r"\1…", body) if named else body
