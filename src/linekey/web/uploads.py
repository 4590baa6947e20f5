"""Files that are sent to us: which pages take any, how much is read, and never a clear copy on a disk.

A page takes documents when its view says so; everywhere else a body with files is no larger than any other
form. What is too large is refused before it is read, a single file that is too large is read past: its form
comes back with everything else that was typed.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext_lazy as _

from linekey.domain import files
from linekey.domain.cases import MOST_DOCUMENTS
from linekey.domain.errors import FileRefused
from linekey.usecases.open_case import Upload
from linekey.web.wording import N_, sentence_of

LARGEST_BODY = MOST_DOCUMENTS * files.LARGEST + 1024 * 1024
"""Five documents, and the form around them."""
LONGEST_SHOWN = 60
_TAKES = "takes_documents"
View = TypeVar("View", bound=Callable[..., Any])


def takes_documents(view: View) -> View:
    """Mark the view of a page whose form sends documents."""
    setattr(view, _TAKES, True)
    return view


class InMemory(FileUploadHandler):
    """Keeps files in memory: until they are sealed they may be somebody's passport."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Raises RequestDataTooBig."""
        found = self.request.resolver_match if self.request else None
        takes = found is not None and getattr(found.func, _TAKES, False)
        if content_length > (LARGEST_BODY if takes else settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
            raise RequestDataTooBig("The files of this form are too large.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) <= files.LARGEST:
            self.content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.content.seek(0)
        return InMemoryUploadedFile(
            self.content, self.field_name, self.file_name, self.content_type, file_size, self.charset
        )


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class DocumentsField(forms.FileField):
    """Up to five files, each judged by its content. What is wrong with one names it, as its owner does."""

    def __init__(self, *, label: Any, help_text: Any = "", most: int = MOST_DOCUMENTS) -> None:
        super().__init__(label=label, help_text=help_text, required=False, widget=_Several())
        self.most = most
        self.widget.attrs |= {"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = data if isinstance(data, list) else []
        if len(sent) > self.most:
            raise forms.ValidationError(
                _("Choose at most %(most)d files: you chose %(sent)d."),
                params={"most": self.most, "sent": len(sent)},
            )
        wrong, kept = [], []
        for each in sent:
            try:
                kept.append(_judged(each))
            except FileRefused as refusal:
                wrong.append(f"{_shown(each.name)} – {sentence_of(refusal)}")
        if wrong:
            raise forms.ValidationError(wrong)
        return tuple(kept)


def _judged(sent: InMemoryUploadedFile) -> Upload:
    """Raises FileRefused."""
    if sent.size is None or sent.size > files.LARGEST:  # It was read past: there is no content to judge.
        raise FileRefused(why=N_("it is larger than 10 MB"))
    upload = Upload(sent.name or "", sent.read())
    files.read(upload.name, upload.content)
    return upload


def _shown(name: str | None) -> str:
    """A stranger's own name for a file, shown back to them and kept nowhere."""
    name = name or ""
    printable = "".join(character for character in name if character.isprintable())
    return printable if len(printable) <= LONGEST_SHOWN else f"{printable[: LONGEST_SHOWN - 1]}…"
