"""Words of a policy's page: whose a value is, and what a preset stands for."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linekey.records.pages import PolicyValue

_PRESETS = {
    "anssi": (
        gettext_noop("ANSSI"),
        gettext_noop(
            "What the French agency advises: 12 characters of four kinds, links instead of mailed passwords, "
            "a wait before decisions of support."
        ),
    ),
    "nist": (
        gettext_noop("NIST"),
        gettext_noop(
            "What SP 800-63B-4 asks: 15 characters without rules of composition, no security question, links "
            "instead of mailed passwords."
        ),
    ),
    "legacy": (
        gettext_noop("As before"),
        gettext_noop(
            "What operators' help pages describe: 8 to 20 characters, passwords by e-mail, whoever is "
            "connected cut off by a change, a security question. Several of these habits are advised "
            "against; the preview says which."
        ),
    ),
}


@dataclass(frozen=True)
class Preset:
    code: str
    title: str
    text: str


def presets() -> list[Preset]:
    return [Preset(code, _(title), _(text)) for code, (title, text) in _PRESETS.items()]


def preset_title(code: str) -> str:
    return _(_PRESETS[code][0])


def source(held: PolicyValue) -> str:
    """Whoever is above what one sees is named by what they are to one, not by name (law 11)."""
    return {
        "here": _("decided here"),
        "above": _("decided by %(name)s") % {"name": held.decided_by},
        "reseller": _("decided by your reseller"),
        "operator": _("decided by your operator"),
        "default": _("nobody decided: by default"),
    }[held.source]
