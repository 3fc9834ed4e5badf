"""Reports come in: one statement writes the report, who sent it, and the entry in the audit log.

Nobody's name stands in the audit log as the sender of a report: entries of this file have no actor.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Field
from django.utils import translation
from django.utils.translation import gettext as _

from incidents.models import Addition, Report, ReporterIdentity, ReportState
from incidents.said import LONGEST_PLACE, LONGEST_TEXT, Said, changes, clean_words, content_key, words_key
from incidents.services.identities import Identity, add_to_identity
from incidents.services.locating import locate
from orgs import prepared
from orgs.audit import record, record_sql
from orgs.crypto import derived_digits, keyed_hash, seal
from orgs.models import Language

__all__ = [
    "Along",
    "Identity",
    "OtherContent",
    "Received",
    "Said",
    "add_to_report",
    "grouped",
    "like_a_phone_number",
    "receive_report",
    "report_by_code",
]

CODE_DIGITS = 16
_CODES_TRIED = 3


@dataclass(frozen=True)
class Received:
    """What became of a report that was sent in.

    ``number`` is the report's primary key, ``code`` the receipt, 16 digits. ``created`` is false when the same form had
    come in before; ``addition`` is then what it says anew, or ``None``.
    """

    number: int
    code: str
    created: bool
    found: Report | Mapping[str, Any] = field(repr=False)
    addition: Addition | None = None

    @cached_property
    def report(self) -> Report:
        """The report. A model is made of a new one only where it is asked for: most doors answer with the code."""
        if isinstance(self.found, Report):
            return self.found
        names = [column.attname for column in Report._meta.concrete_fields]
        return Report.from_db(connection.alias, names, [self.found[name] for name in names])


@dataclass(frozen=True)
class Along:
    """What a door writes in the statement that takes a report in: an INSERT that selects from ``made`` (``id``)."""

    sql: str
    values: Sequence[Any]


def receive_report(
    *,
    door: str,
    external_id: str,
    said: Said,
    identity: Identity | None,
    language: str,
    sent_at: datetime | None = None,
    request_key: str = "",
    is_demo: bool = False,
    along: Along | None = None,
) -> Received:
    """Take in a report. The same ``external_id`` at the same door is one report with one code, whoever asks, however
    often and at the same instant; other words under it are kept as an addition.

    A door that has something to write ``along`` also decides what other words mean: then a report that is there
    already stays as it is.
    A door that gives a ``request_key`` (a hash of the very request) wants that refused instead: ``OtherContent``.
    """
    said = _kept(said)
    who = _whole(identity, said)
    new = _columns(door, external_id, said, language)
    new["sent_at"], new["request_key"], new["is_demo"] = sent_at, request_key, is_demo
    for code in _codes(door, external_id):
        new["code_hash"] = _hash_of(code)
        if _insert(new, who, along):
            return Received(new["id"], code, created=True, found=new)
        before = Report.objects.filter(door=door, external_id=external_id).first()
        if before is not None and along is not None:
            return _known(before, code)
        if before is not None and request_key:
            return _same_request(before, request_key)
        if before is not None:
            return _received_again(before, said, who, language)
    raise RuntimeError("no free receipt code")  # three collisions among 10**16


class OtherContent(Exception):
    """The number is taken, at a door where one number means one request, by a request that said something else."""


def add_to_report(*, report: Report, text: str) -> Addition | None:
    """Add words to a report; ``None`` when the same words were added before.

    Raises ``ValidationError`` on ``text``, also when the report was erased: nothing is kept of it any more.
    """
    text = clean_words(text)
    if not text:
        raise ValidationError({"text": _("Write what you want to add.")})
    if len(text) > LONGEST_TEXT:
        raise ValidationError({"text": _("This text is too long.")})
    with transaction.atomic():
        if _is_erased(report):
            raise ValidationError({"text": _("This report was erased: nothing can be added to it.")})
        return _add(report, text)


def report_by_code(code: str) -> Report | None:
    """The report of a receipt code, spaces and signs between its digits ignored. One query, whatever was typed.

    Who wrote the code down as a telephone number may have put the two noughts of a foreign call before it.
    """
    digits = "".join(str(int(sign)) for sign in code if sign.isdecimal())
    if len(digits) == CODE_DIGITS + 2 and digits.startswith("00"):
        digits = digits[2:]
    return Report.objects.select_related("incident").filter(code_hash=_hash_of(digits)).first()


def grouped(code: str) -> str:
    """A code as people read it: "1234 5678 9012 3456"."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def like_a_phone_number(code: str) -> str:
    """A code as it can stand in a list of numbers without being noticed: "+12 34 56 78 90 12 34 56".

    No country's number begins with 0: such a code is written as a call within a country.
    """
    pairs = " ".join(code[start : start + 2] for start in range(0, len(code), 2))
    return pairs if code.startswith("0") else f"+{pairs}"


# --- Receipts ----------------------------------------------------------------------------------------------------


def _codes(door: str, external_id: str) -> Iterator[str]:
    """The code that follows from the form's number, and the next ones should another report have it already."""
    for attempt in range(_CODES_TRIED):
        yield derived_digits("receipt", f"{door}\0{external_id}" + f"\0{attempt}" * bool(attempt), CODE_DIGITS)


def _hash_of(code: str) -> str:
    return keyed_hash("receipt-code", code)


# --- Coming in ---------------------------------------------------------------------------------------------------


def _kept(said: Said) -> Said:
    return replace(
        said,
        narrative=clean_words(said.narrative),
        place_text=clean_words(said.place_text)[:LONGEST_PLACE],
        harmed={str(kind): int(count) for kind, count in said.harmed.items()},
    )


def _whole(identity: Identity | None, said: Said) -> Identity:
    who = identity or Identity()
    return replace(who, lat=said.lat, lon=said.lon) if said.lat is not None and said.lon is not None else who


def _columns(door: str, external_id: str, said: Said, language: str) -> dict[str, Any]:
    """The new row, column by column."""
    where = said.whereabouts or locate(said)
    return {
        **_left_alone(),
        "door": door,
        "external_id": external_id,
        "content_key": content_key(said),
        "language": language if language in Language._value2member_map_ else Language.FRENCH,
        "type_id": said.type_code,
        "occurred_on": said.occurred_on,
        "time_precision": said.time_precision,
        "place_text": said.place_text,
        "place_id": where.place_id,
        "place_precision": where.precision,
        "region_id": where.region_id,
        "cercle_id": where.cercle_id,
        "commune_id": where.commune_id,
        "narrative": said.narrative,
        "harmed": said.harmed,
        "how_known": said.how_known,
        "may_call_back": said.may_call_back,
        "wants_feedback": said.wants_feedback,
        "state": ReportState.NEW,
    }


@cache
def _fields() -> list["Field[Any, Any]"]:
    """The columns that are given, and not made by the database."""
    return [one for one in Report._meta.concrete_fields if not one.primary_key and not one.has_db_default()]


@cache
def _left_alone() -> dict[str, Any]:
    """What stands in a column that a new report says nothing of."""
    return {one.attname: one.get_default() for one in _fields()}


@cache
def _statement(along: str = "") -> str:
    """The one statement that takes a report in. Any conflict, of the form's number or of the code, writes nothing."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(one.column)) for one in _fields())
    return (
        f"WITH made AS (INSERT INTO {quote(Report._meta.db_table)} ({names}) "  # noqa: S608
        f"VALUES ({', '.join(['%s'] * len(_fields()))}) ON CONFLICT DO NOTHING RETURNING id, received_at), "
        f"who AS (INSERT INTO {quote(ReporterIdentity._meta.db_table)} (report_id, sealed, person_key) "
        "SELECT id, %s::bytea, %s::text FROM made WHERE %s::boolean), "
        f"noted AS ({record_sql('made')}) "
        + (f", besides AS ({along}) " if along else "")
        + "SELECT id, received_at FROM made"
    )


def _insert(new: dict[str, Any], who: Identity, along: Along | None = None) -> bool:
    """Write the report, and complete ``new``; false where it, or another one with its code, is there already."""
    values = [_prepared(one, new[one.attname]) for one in _fields()]
    known = who.known()
    sealed = seal(known) if known else b""
    facts = json.dumps({"door": new["door"], "placed": new["place_precision"]})
    more = along.values if along else ()
    with connection.wrap_database_errors:
        made = prepared.rows(
            _statement(along.sql if along else ""),
            [*values, sealed, who.person_key, bool(known), None, "receive", "report", facts, *more],
        )
    if made:
        new["id"], new["received_at"] = made[0]
    return bool(made)


_PLAIN = (str, int, bool, date, datetime, type(None))


def _prepared(column: "Field[Any, Any]", value: Any) -> Any:
    """What the driver takes for a field. Most values are what they are; asking fields took a fifth of the time."""
    if type(value) in _PLAIN:
        return value
    return str(value) if isinstance(value, str) else column.get_db_prep_save(value, connection)


# --- Coming in again ---------------------------------------------------------------------------------------------


def _known(report: Report, code: str, addition: Addition | None = None) -> Received:
    return Received(report.pk, code, created=False, found=report, addition=addition)


def _received_again(report: Report, said: Said, who: Identity, language: str) -> Received:
    code = _code_of(report)
    with transaction.atomic():
        if _is_erased(report):  # a retry brings nothing back
            return _known(report, code)
        addition = None
        if content_key(said) != report.content_key:
            with translation.override(language):
                words = changes(report, said)
            addition = _add(report, words) if words else None
        add_to_identity(report=report, identity=who)
        if report.wants_feedback and not said.wants_feedback:
            Report.objects.filter(pk=report.pk).update(wants_feedback=False)
    return _known(report, code, addition)


def _same_request(report: Report, request_key: str) -> Received:
    if report.request_key != request_key and report.erased_at is None:
        raise OtherContent
    return _known(report, _code_of(report))


def _code_of(report: Report) -> str:
    codes = _codes(report.door, report.external_id)
    return next((code for code in codes if _hash_of(code) == report.code_hash), "")


def _is_erased(report: Report) -> bool:
    """Whether its author erased it. Locked, or words could come in between the erasing and the looking."""
    held = Report.objects.select_for_update().only("erased_at").get(pk=report.pk)
    return held.erased_at is not None


def _add(report: Report, text: str) -> Addition | None:
    with transaction.atomic():
        addition, made = Addition.objects.get_or_create(
            report=report, content_key=words_key(text), defaults={"text": text}
        )
        if made:
            record(None, "add_to_report", report, addition=addition.pk)
    return addition if made else None
