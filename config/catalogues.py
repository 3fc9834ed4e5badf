"""Translation catalogues: collected, compiled and checked with Babel alone, for machines without gettext."""

import ast
import gettext
import io
import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from babel.messages import Catalog, extract, mofile, pofile
from babel.messages.catalog import Message

from config.paths import BASE_DIR as ROOT

LOCALE = ROOT / "locale"
DOMAIN = "django"
SOURCES = ("config", "orgs", "incidents", "dialogues")
KEYWORDS = {
    "_": None,
    "_now": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LIBRARIES = ("allauth",)
"""Libraries some of whose words we say better: our catalogue comes before theirs."""
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def catalogue_files() -> list[Path]:
    """The catalogues in the repository, one a language."""
    return sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def read(path: Path) -> Catalog:
    """Read one catalogue."""
    with path.open("rb") as file:
        return pofile.read_po(file, locale=path.parent.parent.name, domain=DOMAIN)


def compiled(catalogue: Catalog) -> bytes:
    """The binary form that gettext reads."""
    buffer = io.BytesIO()
    mofile.write_mo(buffer, catalogue)
    return buffer.getvalue()


def compile_all() -> int:
    """Compile the catalogues that changed since they were last compiled; return how many did."""
    count = 0
    for path in catalogue_files():
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        draft = target.with_suffix(f".mo.{os.getpid()}")
        draft.write_bytes(compiled(read(path)))
        draft.replace(target)
        count += 1
    return count


def translations(language: str) -> gettext.NullTranslations:
    """A language's translations straight from its source file, compiled or not."""
    path = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    return gettext.GNUTranslations(io.BytesIO(compiled(read(path)))) if path.exists() else gettext.NullTranslations()


# --- Collecting --------------------------------------------------------------------------------------------


def collected() -> Catalog:
    """Every string that the code and the templates ask to have translated."""
    catalogue = Catalog(domain=DOMAIN)
    for path, (line, message, comments, context) in _found():
        place = (path.relative_to(ROOT).as_posix(), line)
        catalogue.add(message, None, locations=[place], auto_comments=comments, context=context)
    return catalogue


def _found() -> Iterator[tuple[Path, tuple[int, str | tuple[str, ...], list[str], str | None]]]:
    for path in _files(".py"):
        code = path.read_bytes()
        yield from ((path, found) for found in (*_strings(code), *_strings(_inside_f_strings(code))))
    for suffix in (".html", ".txt", ".xml", ".svg"):
        for path in _files(suffix):
            yield from ((path, found) for found in _strings(_as_code(path)))


def _files(suffix: str) -> Iterator[Path]:
    if suffix != ".py":
        yield from sorted((ROOT / "templates").rglob(f"*{suffix}"))
    for source in SOURCES:
        pattern = f"*{suffix}" if suffix == ".py" else f"templates/**/*{suffix}"
        yield from (path for path in sorted((ROOT / source).rglob(pattern)) if "migrations" not in path.parts)


def _as_code(path: Path) -> bytes:
    from django.utils.translation.template import templatize

    return templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode()


def _inside_f_strings(code: bytes) -> bytes:
    """The calls that stand in f-strings, as code of their own: before Python 3.12 a tokenizer does not look inside."""
    joined = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.JoinedStr))
    calls = (call for node in joined for call in ast.walk(node) if isinstance(call, ast.Call))
    return "\n".join(ast.unparse(call) for call in calls).encode()


def _strings(code: bytes) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    options = {"encoding": "utf-8"}
    found = extract.extract("python", io.BytesIO(code), KEYWORDS, ["Translators:"], options)
    for line, message, comments, context in found:
        if message:
            yield line, message, comments, context


def update(path: Path) -> tuple[int, int]:
    """Bring one catalogue up to date: keep translations, add new strings, drop those no longer used.

    Words of a library that ours replace are kept as long as the library has them. Returns how many were added and
    dropped. Nothing is guessed: a new string stays empty until somebody translates it.
    """
    old, new = read(path), collected()
    merged = Catalog(locale=old.locale, domain=DOMAIN, project="Passerelle", charset="utf-8", fuzzy=False)
    added = 0
    for message in _messages(new):
        known = old.get(_singular(message), message.context)
        merged.add(
            message.id,
            known.string if known else None,
            locations=message.locations,
            auto_comments=message.auto_comments,
            context=message.context,
        )
        added += known is None
    theirs = words_of_libraries(path.parent.parent.name)
    dropped = 0
    for message in _messages(old):
        if new.get(_singular(message), message.context) is not None:
            continue
        if (message.context, _singular(message)) in theirs:
            merged.add(message.id, message.string, context=message.context)
        else:
            dropped += 1
    write(path, merged)
    return added, dropped


def words_of_libraries(language: str) -> set[tuple[str | None, str]]:
    """What the libraries' own catalogues of this language hold, as (context, text)."""
    words: set[tuple[str | None, str]] = set()
    for library in LIBRARIES:
        spec = find_spec(library)
        for folder in (spec.submodule_search_locations if spec else None) or ():
            path = Path(folder) / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"
            if path.exists():
                words |= {(message.context, _singular(message)) for message in _messages(read(path))}
    return words


def write(path: Path, catalogue: Catalog) -> None:
    """Write one catalogue, in an order that makes changes easy to read."""
    draft = path.with_suffix(".po.draft")
    with draft.open("wb") as file:
        pofile.write_po(file, catalogue, sort_output=True, width=100, no_location=True)
    draft.replace(path)


# --- Checking ----------------------------------------------------------------------------------------------


def complaints(path: Path) -> list[str]:
    """What is wrong with one catalogue: strings missing, untranslated, guessed, or with other placeholders."""
    catalogue, found = read(path), []
    for message in _messages(collected()):
        known = catalogue.get(_singular(message), message.context)
        if known is None:
            found.append(f"missing: {message.id!r} ({_places(message)})")
        else:
            found += _complaints_of(known, message)
    return found


def _complaints_of(known: Message, message: Message) -> list[str]:
    forms = list(known.string) if isinstance(known.string, (tuple, list)) else [known.string]
    name = f"{message.id!r} ({_places(message)})"
    if known.fuzzy:
        return [f"guessed: {name}"]
    if not forms or not all(forms):
        return [f"untranslated: {name}"]
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    allowed = [set(PLACEHOLDER.findall(text)) for text in ids]
    if any(set(PLACEHOLDER.findall(form or "")) not in allowed for form in forms):
        return [f"other placeholders: {name}"]
    return []


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _singular(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)


def _places(message: Message) -> str:
    return ", ".join(f"{path}:{line}" for path, line in message.locations[:2])
