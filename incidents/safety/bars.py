"""How sure one must be before an alert of a severity goes out, and when a second person must agree: as data.

An administrator may set a bar of their own for a severity (``SafetyBar``); what stands here holds where none is set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from incidents.models import SafetyBar, Severity, SourceGrade


@dataclass(frozen=True)
class Bar:
    """A single source must have one of these grades; or so many independent reports must say the same."""

    sources: str
    reports: int
    second_person: bool = False

    def is_reached(self, *, source: str, reports: int) -> bool:
        """Whether a source of this grade, or so many reports, are enough."""
        return source in self.sources or reports >= self.reports


USUAL: Mapping[str, Bar] = MappingProxyType(
    {
        # F is a source that nobody knows yet: enough to warn of little, not of the worst.
        Severity.EXTREME: Bar("AB", 2, second_person=True),
        Severity.SEVERE: Bar("ABC", 2, second_person=True),
        Severity.MODERATE: Bar("ABCDF", 2),
        Severity.MINOR: Bar("ABCDF", 2),
        Severity.UNKNOWN: Bar("ABCDF", 2),
    }
)
SECOND_PERSON_FROM = tuple(str(severity) for severity, bar in USUAL.items() if bar.second_person)
"""Severities from which, unless an administrator says otherwise, a second coordinator must release an alert."""


def bar_of(severity: str) -> Bar:
    """The bar that holds now for alerts of this severity; one query."""
    own = SafetyBar.objects.filter(severity=severity).first()
    return Bar(own.sources, own.reports, own.second_person) if own is not None else USUAL[severity]


def words_of(bar: Bar) -> str:
    """The grades that are enough, in words."""
    return ", ".join(f"{grade} ({SourceGrade(grade).label})" for grade in bar.sources)
