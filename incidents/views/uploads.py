"""Files of a form are kept in memory while they come in: a temporary file on disk would hold positions and faces."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from incidents.media.clean import MOST_BYTES

LARGEST_FILE = max(MOST_BYTES.values())
LARGEST_TOGETHER = 24 * 1024 * 1024
MOST_FILES = 10


class InMemory(FileUploadHandler):
    """Keeps each file up to one byte too many, and all together up to a bound: what is cut is refused as too heavy."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.together = 0
        self.count = 0
        self.chunks: list[bytes] = []
        self.length = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.chunks, self.length = [], 0
        self.count += 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a part, as long as there is room."""
        self.length += len(raw_data)
        if self.length > LARGEST_FILE or self.together + self.length > LARGEST_TOGETHER or self.count > MOST_FILES:
            self.chunks = []
        else:
            self.chunks.append(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """The file; of one that is too heavy, only that it is. Its name is left behind: it may say who or where."""
        if not self.length and not self.file_name:
            return None
        data = b"".join(self.chunks)
        self.together += len(data)
        found = SimpleUploadedFile("file", data)
        found.size = self.length  # more than is here, where it was cut
        return found


def files_in_memory(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For a view whose form brings files: they are kept in memory, and the form’s token is checked after that.

    The check reads the form, files and all; made where it is made for all views, it would come first.
    """
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def received(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        keep_in_memory(request)
        return checked(request, *args, **kwargs)

    return received


def keep_in_memory(request: HttpRequest) -> None:
    """Take this request's files by ``InMemory``. To be called before anything reads the form."""
    request.upload_handlers = [InMemory(request)]
