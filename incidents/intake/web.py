"""The web page's door: a checked form becomes a report."""

import json
from dataclasses import dataclass, replace

from incidents.forms.reports import HARM_FIELDS, ReportForm
from incidents.models import Door, HowKnown
from incidents.said import content_key
from incidents.services.reports import Identity, Received, Said, receive_report
from orgs.crypto import keyed_hash
from orgs.policy import Viewer


@dataclass(frozen=True)
class Sent:
    """The form that a browser sent last: its number and what it said (a keyed hash)."""

    number: str
    content: str


def receive_from_page(
    form: ReportForm, *, viewer: Viewer, browser: str, last: Sent | None, language: str
) -> tuple[Received, Sent]:
    """Take in a valid form. ``browser`` is a secret of the browser that sent it, ``last`` what it sent just before.

    A form is known by its number. Where that was lost on the way, it is known by its content and its browser; and a
    browser that says again what it said last means the same report: going back may load the form anew, with a new
    number and the old words.
    """
    data = form.cleaned_data
    said = said_on(form)
    content = content_key(replace(said, may_call_back=False))  # browsers do not bring the phone number back
    number = data["form_id"] or _number_from_content(form, browser)
    sent = last if last is not None and last.content == content else Sent(number, content)
    received = receive_report(
        door=Door.WEB,
        external_id=sent.number,
        said=said,
        identity=_identity(form, viewer.user_id if not data.get("without_account") else None),
        language=language,
    )
    return received, sent


def said_on(form: ReportForm) -> Said:
    """What a valid form says."""
    data = form.cleaned_data
    day, precision = form.day_and_precision()
    lat, lon = form.position or (None, None)
    return Said(
        type_code=data["what"],
        occurred_on=day,
        time_precision=precision,
        place_text=data["where"],
        lat=lat,
        lon=lon,
        narrative=data["words"],
        harmed={kind: data[name] for name, kind in HARM_FIELDS.items() if data[name] is not None},
        how_known=data["how"] or HowKnown.UNKNOWN,
        may_call_back=bool(data["phone"] or data.get("call_me")),
        wants_feedback=not data["no_contact"],
        whereabouts=form.whereabouts,
    )


def _identity(form: ReportForm, account: int | None) -> Identity:
    data = form.cleaned_data
    return Identity(
        name=data["name"], phone=data["phone"], user_id=account, accuracy_m=_accuracy(data) if form.position else None
    )


def _accuracy(data: dict[str, str]) -> float | None:
    try:
        metres = float(data["accuracy"])
    except ValueError:
        return None
    return metres if 0 <= metres < 1_000_000 else None


def _number_from_content(form: ReportForm, browser: str) -> str:
    words = {name: value for name, value in form.data.items() if name != "csrfmiddlewaretoken"}
    return keyed_hash("form-without-number", json.dumps([browser, words], sort_keys=True, ensure_ascii=False))
