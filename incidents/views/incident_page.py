"""One incident on one page, for each audience what it is due."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import panels
from incidents.access import INCIDENTS, REPORTS
from incidents.desk import finest_area, words_for_areas
from incidents.disclosure import FIGURE, INCIDENT
from incidents.forms.desk import CloseForm, FigureForm, ResponsibleForm
from incidents.models import (
    Certainty,
    ClaimGrade,
    Finding,
    Harm,
    Incident,
    IncidentState,
    ReportState,
    SourceGrade,
    TimePrecision,
    Urgency,
)
from incidents.services.steps import steps_of
from incidents.services.timeline import line_of
from incidents.views.steps import status_of
from orgs.access import viewer_of
from orgs.policy import Viewer
from orgs.wording import cautions

_TONES = {IncidentState.OPEN: "doing", IncidentState.VERIFIED: "done", IncidentState.CLOSED: "stopped"}


def incident_page(
    request: HttpRequest,
    incident: Incident,
    *,
    figure: FigureForm | None = None,
    responsible: ResponsibleForm | None = None,
    close: CloseForm | None = None,
    refused: forms.Form | None = None,
) -> HttpResponse:
    """The page; forms that were refused are shown again with what was typed."""
    viewer = viewer_of(request)
    audience = INCIDENTS.audience(viewer, incident)
    assert audience is not None
    shown = INCIDENT.show(incident, audience)
    bound = next((form for form in (figure, responsible, close, refused) if form is not None), None)
    context: dict[str, Any] = {
        "incident": shown,
        "kind": incident.type if shown["type_id"] else None,
        "area": _area(shown),
        "facts": facts_of(shown),
        "state": dict(IncidentState.choices).get(shown["state"], ""),
        "tone": _TONES.get(shown["state"], "doing"),
        "finding": dict(Finding.choices).get(shown["finding"], ""),
        "figures": _figures(incident, audience),
        "works_on_it": audience == "coordinator",
        "sections": panels.incident_page.of(viewer, incident),
        "signed_in": viewer.user_id is not None,
        "form": bound,
        "conflict": getattr(bound, "conflict", None),
    }
    if audience == "coordinator":
        context |= _for_coordinators(viewer, incident)
        first = {"version": incident.version}
        context["figure_form"] = figure or FigureForm(initial={**first, "as_of": timezone.localdate()})
        context["responsible_form"] = responsible or ResponsibleForm(initial=first)
        context["close_form"] = close or CloseForm(initial={**first, "reporter_note": incident.reporter_note})
        context["open_part"] = _open_part(figure, responsible, close)
    return render(request, "incidents/incident/incident.html", context, status=status_of(bound) if bound else 200)


def _open_part(figure: forms.Form | None, responsible: forms.Form | None, close: forms.Form | None) -> str:
    parts = {"figures": figure, "responsible": responsible, "close": close}
    return next((name for name, form in parts.items() if form is not None), "")


def _area(shown: dict[str, Any]) -> str:
    number = finest_area(shown, prefix="")
    words = words_for_areas([number])[number]
    return f"{shown['place_name']}, {words}" if shown["place_name"] else words


def facts_of(shown: dict[str, Any]) -> list[tuple[str, Any]]:
    """What is known, in words; what this audience may not read is left out."""
    return [
        (_("Which day"), shown["occurred_on"]),
        (_("How exactly the day is known"), _words(TimePrecision, shown["time_precision"])),
        (_("How reliable the source is"), _graded(SourceGrade, shown["source_grade"])),
        (_("How credible the claim is"), _graded(ClaimGrade, shown["claim_grade"])),
        (_("How urgent"), _words(Urgency, shown["urgency"])),
        (_("How certain"), _words(Certainty, shown["certainty"])),
    ]


def _words(choices: Any, code: str | None) -> str:
    return str(choices(code).label) if code else ""


def _graded(choices: Any, code: str | None) -> str:
    return f"{code} – {choices(code).label}" if code else ""


def _figures(incident: Incident, audience: str) -> list[dict[str, Any]]:
    """Figures by kind of harm, those of different sources side by side; withdrawn ones for coordinators only."""
    rows = incident.figures.select_related("incident", "report")
    if audience != "coordinator":
        rows = rows.filter(withdrawn_at=None)
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for row in rows.order_by("-as_of", "-pk"):
        shown = FIGURE.show(row, audience)
        if shown["kind"] is not None:
            by_kind.setdefault(shown["kind"], []).append({**shown, "pk": row.pk, "withdrawn_at": row.withdrawn_at})
    return [
        {"kind": label, "rows": by_kind[kind], "differ": _differ(by_kind[kind])}
        for kind, label in Harm.choices
        if kind in by_kind
    ]


def _differ(rows: list[dict[str, Any]]) -> bool:
    return len({row["value"] for row in rows if row["withdrawn_at"] is None}) > 1


def _for_coordinators(viewer: Viewer, incident: Incident) -> dict[str, Any]:
    behind = list(
        REPORTS.rows_as(viewer, "coordinator").filter(incident=incident).select_related("type").order_by("received_at")
    )
    every = incident.reports.filter(state=ReportState.ATTACHED).count()
    return {
        "row": incident,
        "first_area": finest_area(incident),
        "steps": steps_of(incident),
        "reports": behind,
        "unseen_reports": every - len(behind),
        "no_report": every == 0,
        "said_figures": _said_figures(incident, behind),
        "held_responsible": list(incident.held_responsible.select_related("actor__organisation").order_by("pk")),
        "cautions": [f"“{one.words}”: {one.advice}" for one in cautions(incident.summary)],
        "line": line_of(incident, viewer),
    }


def _said_figures(incident: Incident, reports: list[Any]) -> list[dict[str, Any]]:
    """What reports say of people harmed and nobody has put down yet."""
    noted = set(incident.figures.filter(report__isnull=False).values_list("report", "kind"))
    words = dict(Harm.choices)
    return [
        {
            "report": report.pk,
            "kind": kind,
            "words": words[kind],
            "value": value,
            "as_of": report.occurred_on or timezone.localdate(report.received_at),
        }
        for report in reports
        for kind, value in report.harmed.items()
        if kind in words and (report.pk, kind) not in noted
    ]
