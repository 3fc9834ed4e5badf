"""Every disclosure table that concerns content, typed once more by hand: any cell that opens fails here at least."""

from typing import Any

import pytest
from pytest import MonkeyPatch  # noqa: PT013

from incidents import disclosed_choice, disclosed_conduct, disclosure, disclosure_ladders
from incidents.models import AdvisoryWording, ConductPattern, LadderStep, QuestionAnswer
from orgs.disclosure import Table, Treatment
from orgs.models import Tlp
from tests.secrets.planting import Planted, plant

OPEN = "S" * len(Tlp.values)
GREEN_AND_LESS = "SS---"
CLEAR_ONLY = "S----"
HIDDEN, COARSE = "-----", "CCCCC"

Typed = dict[str, dict[str, str]]
# Table: audience: what is not simply shown, at CLEAR, GREEN, AMBER, AMBER+STRICT, RED in turn.
TYPED: dict[str, tuple[Table, Typed]] = {
    "figures": (
        disclosure.FIGURE,
        {
            "public": {
                "kind": CLEAR_ONLY, "value": CLEAR_ONLY, "as_of": CLEAR_ONLY, "source": HIDDEN, "report_id": HIDDEN,
            },
            "network": {
                "kind": GREEN_AND_LESS, "value": GREEN_AND_LESS, "as_of": GREEN_AND_LESS, "source": HIDDEN,
                "report_id": HIDDEN,
            },
            "organisation": {"source": HIDDEN, "report_id": HIDDEN},
            "liaison": {"source": HIDDEN, "report_id": HIDDEN},
            "oversight": {"source": HIDDEN, "report_id": HIDDEN},
            "analyst": {"value": COARSE, "source": HIDDEN, "report_id": HIDDEN},
            "coordinator": {},
        },
    ),
    "reports": (
        disclosure.REPORT,
        {
            "own": dict.fromkeys(("id", "reject_note", "incident_id", "version", "incident_ref"), HIDDEN),
            "coordinator": {},
        },
    ),
    "words": (disclosure.WORD, {"reporter": {"written_by": HIDDEN, "seen_at": HIDDEN}, "coordinator": {}}),
    "alerts": (
        disclosure.ALERT,
        {
            "public": {"incident_ref": HIDDEN, "follows_id": HIDDEN, "created_at": HIDDEN},
            "network": {"incident_ref": GREEN_AND_LESS, "follows_id": HIDDEN, "created_at": HIDDEN},
            "recipient": {"incident_ref": HIDDEN, "created_at": HIDDEN},
            "coordinator": {},
        },
    ),
    "deliveries": (
        disclosure.DELIVERY,
        {key: {"last_channel": COARSE, "state": COARSE, "why": COARSE} for key in ("recipient", "coordinator")},
    ),
    "outcomes": (disclosure.OUTCOME, {"reporter": {}}),
    "proxies": (disclosure.PROXY, {"coordinator": {}}),
    "feedback": (disclosure.FEEDBACK, {"coordinator": {}}),
    "attachments": (disclosure.ATTACHMENT, {"coordinator": {}}),
    "links": (disclosure.LINK, {"coordinator": {}}),
    "fall backs": (disclosure.FALL_BACK, {"recipient": {}, "coordinator": {}}),
    "questions": (disclosure.QUESTION, {"asker": {}, "coordinator": {}}),
    "answers": (
        disclosure.ANSWER,
        {
            "asker": {"written_by": HIDDEN},
            "recipient": {"written_by": HIDDEN, "question_id": HIDDEN},
            "coordinator": {},
        },
    ),
    "advisories": (
        disclosure.ADVISORY, {"service": {"decided_by": HIDDEN, "incident_ref": HIDDEN}, "coordinator": {}},
    ),
    "wordings": (disclosure.WORDING, {"service": {"written_by": HIDDEN}, "coordinator": {}}),
    "ladders": (
        disclosure_ladders.LADDER, {"coordinator": {}, "reader": {"created_at": HIDDEN, "version": HIDDEN}},
    ),
    "steps of ladders": (disclosure_ladders.LADDER_STEP, {"coordinator": {}, "reader": {"call_words": HIDDEN}}),
    "ladders of alerts": (disclosure_ladders.ALERT_LADDER, {"coordinator": {}}),
    "steps of alerts": (disclosure_ladders.ESCALATION, {"coordinator": {}}),
    "exercises": (disclosure_ladders.EXERCISE, {"coordinator": {}}),
    "participations": (disclosure_ladders.PARTICIPATION, {"coordinator": {}, "participant": {}}),
    "subscriptions": (
        disclosed_choice.SUBSCRIPTION,
        {
            "own": {"created_by": HIDDEN},
            "keeper": {},
            "told": {"created_by": HIDDEN, "created_at": HIDDEN},
            "administrator": dict.fromkeys(
                ("with_neighbours", "min_severity", "days", "from_time", "to_time", "created_by"), HIDDEN
            ),
        },
    ),
    "rosters": (disclosed_choice.ROSTER, {"keeper": {}, "coordinator": {}, "administrator": {}}),
    "shifts": (
        disclosed_choice.SHIFT, {"keeper": {}, "coordinator": {}, "administrator": {"person": HIDDEN}},
    ),
    "replacements": (
        disclosed_choice.REPLACEMENT, {"keeper": {}, "coordinator": {}, "administrator": {"person": HIDDEN}},
    ),
    "conduct": (disclosed_conduct.CONDUCT, {"oversight": {}}),
    "patterns": (
        disclosed_conduct.CONDUCT_PATTERN,
        {
            "oversight": {},
            "reader": {"good": COARSE, "bad": COARSE, "written_by": HIDDEN, "withdrawn_at": HIDDEN},
        },
    ),
}  # fmt: skip

# Columns that no table names leave for nobody. Numbers to call and sealed words are such columns.
NOT_NAMED = {
    "steps of ladders": ("call_phone",),
    "steps of alerts": ("call_phone", "done_by", "called_by"),
    "conduct": ("sealed", "words", "code_hash"),
    "deliveries": ("code", "link_nonce", "rendition"),
    "alerts": ("call_number", "truth", "created_by", "released_by"),
    "reports": ("code_hash", "identity", "sealed"),
}


def _is_as_typed(table: Table, typed: Typed) -> bool:
    if set(table.audiences) != set(typed) or any(set(apart) - set(table.cells) for apart in typed.values()):
        return False
    return all(
        "".join(table.treatment(field, audience, tlp) for tlp in Tlp.values) == typed[audience].get(field, OPEN)
        for field in table.cells
        for audience in table.audiences
    )


@pytest.mark.parametrize("name", TYPED)
def test_a_table_says_what_is_typed_here(name: str) -> None:
    table, typed = TYPED[name]
    assert _is_as_typed(table, typed)
    assert not set(NOT_NAMED.get(name, ())) & set(table.cells)


@pytest.mark.parametrize("name", TYPED)
def test_no_cell_opens_unseen(name: str, monkeypatch: MonkeyPatch) -> None:
    table, typed = TYPED[name]
    for field, row in table.cells.items():
        for audience, cell in row.items():
            for tlp in [one for one, treatment in cell.items() if treatment is not Treatment.SHOW]:
                with monkeypatch.context() as changing:
                    changing.setitem(row, audience, {**cell, tlp: Treatment.SHOW})
                    assert not _is_as_typed(table, typed), (field, audience, tlp)


def test_every_table_of_incidents_is_typed() -> None:
    modules = (disclosure, disclosure_ladders, disclosed_choice, disclosed_conduct)
    tables = {id(one): name for module in modules for name, one in vars(module).items() if isinstance(one, Table)}
    typed = {id(table) for table, _typed in TYPED.values()}
    # The incident's own stands in test_secrets; the last two hold devices and programs, and nothing that people wrote.
    assert {name for number, name in tables.items() if number not in typed} == {
        "INCIDENT", "DEVICE", "ODK_SUBMISSION", "WEBHOOK",
    }  # fmt: skip


# --- Turned to "show", a hidden cell lets a mark out ----------------------------------------------------------------


def _row(planted: Planted, name: str) -> Any:
    around, alert = planted.around, planted.alert
    return {
        "figures": planted.incident.figures.exclude(source="radio").first(),
        "reports": planted.rejected,
        "words": planted.report.words_to_reporter.first() if hasattr(planted.report, "words_to_reporter") else None,
        "alerts": alert,
        "answers": QuestionAnswer.objects.select_related("written_by").first(),
        "advisories": around.passed_on,
        "wordings": AdvisoryWording.objects.select_related("written_by").first(),
        "steps of ladders": LadderStep.objects.exclude(call_words="").first(),
        "patterns": ConductPattern.objects.first(),
    }.get(name)


@pytest.mark.django_db
def test_without_a_rule_of_any_table_its_field_comes_out(monkeypatch: MonkeyPatch) -> None:
    planted, tried = plant(Tlp.GREEN), set()
    for name, (table, typed) in TYPED.items():
        row = _row(planted, name)
        if row is None:
            continue
        for audience, apart in typed.items():
            for field in [one for one, cell in apart.items() if cell == HIDDEN]:
                assert table.show(row, audience)[field] is None, (name, audience, field)
                with monkeypatch.context() as changing:
                    shown = dict.fromkeys(map(str, Tlp.values), Treatment.SHOW)
                    changing.setitem(table.cells[field], audience, shown)
                    if table.show(row, audience)[field] is not None:
                        tried.add((name, audience, field))
    assert tried >= {
        ("figures", "public", "source"),
        ("figures", "liaison", "source"),
        ("reports", "own", "reject_note"),
        ("alerts", "public", "incident_ref"),
        ("alerts", "recipient", "incident_ref"),
        ("answers", "asker", "written_by"),
        ("answers", "recipient", "written_by"),
        ("answers", "recipient", "question_id"),
        ("advisories", "service", "decided_by"),
        ("advisories", "service", "incident_ref"),
        ("wordings", "service", "written_by"),
        ("steps of ladders", "reader", "call_words"),
    }
