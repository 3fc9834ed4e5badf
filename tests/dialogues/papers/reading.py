"""Reading the PDFs that the product makes: their text, page by page."""

import io

from pypdf import PdfReader


def reader(made: bytes) -> PdfReader:
    """The PDF."""
    return PdfReader(io.BytesIO(made))


def pages(made: bytes) -> list[str]:
    """What can be read on each page, on one line each."""
    return [" ".join(page.extract_text().split()) for page in reader(made).pages]


def text(made: bytes) -> str:
    """What can be read in all of it, without any space or mark of a break: lines break where they like."""
    return "".join("".join(pages(made)).split()).replace("\u200b", "")


def bare(words: str) -> str:
    """Words without any space, to be looked for in ``text``."""
    return "".join(words.split())
