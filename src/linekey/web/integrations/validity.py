"""For how long a consumer key is granted."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from linekey.web.forms import PlainForm

DAYS = (
    ("1", _("1 day")),
    ("7", _("7 days")),
    ("30", _("30 days")),
    ("365", _("1 year")),
    ("0", _("Without end, until you revoke it")),
)
USUAL = "30"


class ValidityForm(PlainForm):
    lasts = forms.ChoiceField(label=_("Valid for"), choices=DAYS, initial=USUAL, widget=forms.RadioSelect)

    def duration(self) -> timedelta | None:
        """None means without end."""
        days = int(self.cleaned_data["lasts"])
        return timedelta(days=days) if days else None
