"""The web page's door: a checked form becomes a report."""

import json

from incidents.forms.reports import HARM_FIELDS, ReportForm
from incidents.models import Door, HowKnown
from incidents.services.reports import Identity, Received, Said, receive_report
from orgs.crypto import keyed_hash
from orgs.policy import Viewer


def receive_from_page(form: ReportForm, *, viewer: Viewer, browser: str, language: str) -> Received:
    """Take in a valid form. ``browser`` is a secret of the browser that sent it.

    A form whose number was lost on the way is known by its content and its browser instead, so that it too makes one
    report however often it is sent.
    """
    data = form.cleaned_data
    account = viewer.user_id if not data.get("without_account") else None
    return receive_report(
        door=Door.WEB,
        external_id=data["form_id"] or _number_from_content(form, browser),
        said=_said(form),
        identity=_identity(form, account),
        language=language,
    )


def _said(form: ReportForm) -> Said:
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
