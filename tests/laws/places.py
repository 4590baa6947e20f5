"""Every address of the portal, as the address book has it: a new one is tested without being named."""

import inspect
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def patterns(found: list[Any] | None = None) -> Iterator[URLPattern]:
    for each in get_resolver().url_patterns if found is None else found:
        if isinstance(each, URLResolver):
            # The doors for programs take neither links nor forms.
            if "api" not in str(getattr(each.urlconf_module, "__name__", "")):
                yield from patterns(each.url_patterns)
        else:
            yield each


def module_of(pattern: URLPattern) -> str:
    return str(getattr(inspect.unwrap(pattern.callback), "__module__", ""))
