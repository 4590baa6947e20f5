"""What is set on a service, in words: one fact per setting, and which settings one form holds."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from linekey.domain import licences
from linekey.domain.errors import NotFound
from linekey.domain.licences import SETTINGS, Block, Setting, Shape
from linekey.records.pages import LicenceRow
from linekey.web.templatetags.desk import number

NUMBERS = (Shape.NUMBER, Shape.OWN_NUMBER)


@dataclass(frozen=True)
class Group:
    """Settings which one form holds. `code` stands in its address."""

    code: str
    title: str
    settings: tuple[str, ...]

    def editable(self, row: LicenceRow) -> list[Setting]:
        """Those which this service has and which may be set."""
        had = (SETTINGS[code] for code in self.settings if code in row.values)
        return [setting for setting in had if setting.editable]


def _of(block: Block) -> tuple[str, ...]:
    return tuple(setting.code for setting in SETTINGS.values() if setting.block is block)


USER = Group("utilisateur", gettext_noop("User"), ("name", "admin"))
"""What is edited in the list of users."""
INFORMATION = Group("informations", gettext_noop("Information"), _of(Block.INFORMATION))
BLOCKS = (
    INFORMATION,
    Group("restrictions", gettext_noop("Restrictions"), _of(Block.RESTRICTIONS)),
    Group("options", gettext_noop("Options"), _of(Block.OPTIONS)),
)
GROUPS = {group.code: group for group in (USER, *BLOCKS)}


def group_of(row: LicenceRow, code: str) -> Group:
    """Raises NotFound for one that does not exist, or of which this service has nothing to set."""
    group = GROUPS.get(code)
    if group is None or not group.editable(row):
        raise NotFound()
    return group


@dataclass(frozen=True)
class Fact:
    code: str
    label: str
    text: str
    """Empty when this kind of licence has no such thing."""


def facts(row: LicenceRow, group: Group) -> Iterator[Fact]:
    """Every setting of the group, whether this kind of licence has it or not."""
    for setting in map(SETTINGS.__getitem__, group.settings):
        value = row.values.get(setting.code)
        yield Fact(setting.code, gettext(setting.label), "" if value is None else words(setting, value))


def words(setting: Setting, value: str) -> str:
    """« Oui », « Aucune restriction », « 01 84 78 01 17 »; a name is nobody's word to translate."""
    if value and setting.shape is Shape.NAME:
        return value
    if value and setting.shape in NUMBERS:
        return number(value)
    return capitalised(gettext(licences.told(setting, value)))


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
