"""What a coordinator gives to an incident: grades and words, checked before anything is written."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.models import (
    Certainty,
    ClaimGrade,
    IncidentType,
    Severity,
    SourceGrade,
    TimePrecision,
    Urgency,
)
from orgs.models import Tlp
from orgs.wording import held_words

FIRST_DAY = date(1960, 1, 1)
LONGEST_NARRATIVE = 20_000
LONGEST_SUMMARY = 2_000
LONGEST_REPORTER_NOTE = 1_000


@dataclass(frozen=True)
class Grading:
    """The grades of an incident, each by its code. A new source is F and a new claim 6: not judged."""

    type_code: str
    occurred_on: date
    time_precision: str = TimePrecision.DAY
    source_grade: str = SourceGrade.F
    claim_grade: str = ClaimGrade.UNJUDGED
    severity: str = Severity.UNKNOWN
    urgency: str = Urgency.UNKNOWN
    certainty: str = Certainty.UNKNOWN
    tlp: str = Tlp.AMBER

    def fields(self) -> dict[str, Any]:
        """The incident's columns; raises ``ValidationError`` with the names of the wrong ones."""
        problems: dict[str, str] = {}
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices.values:
                problems[name] = _("Choose one of the list.")
        if not IncidentType.objects.filter(pk=self.type_code).exists():
            problems["type_code"] = _("Choose one of the list.")
        # A day of grace: it may be tomorrow where the coordinator is.
        if not FIRST_DAY <= self.occurred_on <= timezone.localdate() + timedelta(days=1):
            problems["occurred_on"] = _("Give a day that has come, not before 1960.")
        if problems:
            raise ValidationError(problems)
        fields = asdict(self)
        fields["type_id"] = fields.pop("type_code")
        return fields


_CHOICES: dict[str, Any] = {
    "time_precision": TimePrecision,
    "source_grade": SourceGrade,
    "claim_grade": ClaimGrade,
    "severity": Severity,
    "urgency": Urgency,
    "certainty": Certainty,
    "tlp": Tlp,
}


@dataclass(frozen=True)
class Account:
    """The words of an incident: what coordinators read, what others read, what the reporters are told."""

    narrative: str = ""
    summary: str = ""
    reporter_note: str = ""


def checked_words(account: Account) -> dict[str, str]:
    """The incident's columns of words.

    What leaves the desk (summary, word to the reporters) is held until it names no positions or movements of forces
    and no way to reach somebody. Raises ``ValidationError`` with the names of the wrong ones.
    """
    problems: dict[str, list[str]] = {}
    for name, longest in _LONGEST.items():
        text = getattr(account, name)
        if len(text) > longest:
            problems[name] = [_("At most %(n)s characters.") % {"n": longest}]
        elif name != "narrative" and (held := held_words(text)):
            problems[name] = held
    if problems:
        raise ValidationError(problems)
    return {name: getattr(account, name).strip() for name in _LONGEST}


_LONGEST = {
    "narrative": LONGEST_NARRATIVE,
    "summary": LONGEST_SUMMARY,
    "reporter_note": LONGEST_REPORTER_NOTE,
}
