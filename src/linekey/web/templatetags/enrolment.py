"""How a new authenticator application is handed its seed: a drawing, a link, a text to type.

Only the page of an enrolment that waits for its first code uses these; it is `no-store`.
"""

import segno
from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from linekey.domain.secret import Secret

register = template.Library()

GROUP = 4


@register.simple_tag
def qr_code(uri: Secret, title: str) -> SafeString:
    """An inline SVG, made here: nobody else is asked to draw a secret. Black on white in every theme."""
    drawn = segno.make_qr(uri.reveal(), error="m").svg_inline(
        border=4, omitsize=True, svgclass="qr-code", lineclass=None, dark="#000", light="#fff"
    )
    named = drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1)
    return mark_safe(named)  # noqa: S308 (numbers of segno's own, and a title of ours)


@register.simple_tag
def otpauth(uri: Secret) -> str:
    """`otpauth://…` (Key Uri Format), escaped by the template like any other text."""
    return uri.reveal()


@register.simple_tag
def in_groups(seed: Secret) -> str:
    """Base 32 in groups of four, as one reads it aloud."""
    text = seed.reveal()
    return " ".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))
