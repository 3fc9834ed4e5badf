"""Files that somebody takes from a page, read as a spreadsheet program would read them."""

import csv
import io
from typing import Any

import openpyxl
from django.test import Client


def taken(client: Client, address: str) -> bytes:
    """The file at an address, whole."""
    answer: Any = client.get(address)
    assert answer.status_code == 200, answer
    return b"".join(answer.streaming_content)


def text_taken(client: Client, address: str) -> str:
    """The same as text, without the mark that is there for Excel."""
    return taken(client, address).decode().removeprefix("\ufeff")


def table_taken(client: Client, address: str) -> list[list[str]]:
    """The lines of a CSV."""
    return list(csv.reader(io.StringIO(text_taken(client, address))))


def sheet_taken(client: Client, address: str) -> Any:
    """The only sheet of a workbook."""
    (sheet,) = openpyxl.load_workbook(io.BytesIO(taken(client, address))).worksheets
    return sheet
