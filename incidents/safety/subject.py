"""Everything that would leave with an alert, read once: each text with its readers, and the record behind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

from django.db.models import CharField, Count, F, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from incidents.models import Alert, AlertAudience, Audience, Incident, IncidentState, Report, ReportState
from incidents.safety.bars import Bar, bar_of
from incidents.safety.found import digest
from incidents.services import ladders, renditions
from incidents.services.ladders import Plan
from incidents.services.renditions import CODE, LINK, Source, Written
from orgs import wording
from orgs.models.areas import words_of

_NOT_WORDS = ("audience", "language")
"""Fields of ``Written`` that say for whom it is."""


@dataclass(frozen=True)
class Text:
    """One text and the audiences that would read it. ``free`` is what people wrote; the rest is the product's own."""

    words: str
    audiences: tuple[str, ...]
    free: bool


@dataclass(frozen=True)
class Subject:
    """One alert as it would go out now."""

    alert: Alert
    incident: Incident
    lines: tuple[AlertAudience, ...]
    plan: Plan
    source: Source
    written: tuple[Written, ...]
    bar: Bar
    reports: int
    """Independent reports behind the incident: those of one account or phone count once."""

    @property
    def is_rumour(self) -> bool:
        """Whether it would go out before it is verified."""
        return self.incident.state == IncidentState.OPEN

    @cached_property
    def audiences(self) -> tuple[str, ...]:
        """Those for whom something is written."""
        found = {one.audience for one in self.written}
        return tuple(code for code in Audience.values if code in found)

    @cached_property
    def hash(self) -> str:
        """A hash of everything that would be written, for every audience in every language."""
        return digest([[getattr(one, field.name) for field in fields(one)] for one in self.written])

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """What people wrote, each once; then what the product wrote around it, line by line, each line once."""
        own = [words for words in (self.incident.summary.strip(), self.alert.instruction.strip()) if words]
        found: list[Text] = []
        for words in dict.fromkeys(own):
            readers = {one.audience for one in self.written if words in one.body}
            found.append(Text(words, self._in_order(readers), free=True))
        lines: dict[str, set[str]] = {}
        for one in self.written:
            for line in self._own_lines(one, own):
                lines.setdefault(line, set()).add(one.audience)
        return (*found, *(Text(line, self._in_order(readers), free=False) for line, readers in lines.items()))

    def findings(self, text: Text) -> list[wording.Finding]:
        """What ``orgs.wording`` finds in a text; each text is read once, whatever number of checks ask."""
        return self._findings[text.words]

    @cached_property
    def _findings(self) -> dict[str, list[wording.Finding]]:
        return {text.words: wording.findings(text.words) for text in self.texts}

    def _own_lines(self, one: Written, own: Iterable[str]) -> Iterable[str]:
        hidden = [*own, self.alert.call_number, CODE, LINK]
        for field in fields(one):
            if field.name in _NOT_WORDS:
                continue
            text = str(getattr(one, field.name))
            for words in hidden:
                text = text.replace(words, "\n") if words else text
            for name in self._area_names:
                text = text.replace(name, "…")
            yield from (line.strip() for line in text.splitlines() if line.strip())

    @cached_property
    def _area_names(self) -> list[str]:
        """Names of areas and of the place, which the disclosure table lets through: they are looked at by a check."""
        names = [name for area in self.source.areas.values() for name in (words_of(area), area.name)]
        if self.incident.place is not None:
            names.append(self.incident.place.name)
        return sorted(names, key=len, reverse=True)

    @cached_property
    def place_keys(self) -> frozenset[str]:
        """Names of the areas and of the place, for comparing."""
        return frozenset(name.casefold() for name in self._area_names)

    def _in_order(self, readers: set[str]) -> tuple[str, ...]:
        return tuple(code for code in Audience.values if code in readers)


def subject_of(alert: Alert, incident: Incident, lines: Sequence[AlertAudience]) -> Subject:
    """Write every rendition as it would go out now, and read the record behind; four queries."""
    source = renditions.source_of(alert, incident)
    plan = ladders.plan_of(alert, incident)
    chosen = [*(line.audience for line in lines), *ladders.audiences_of(plan)]
    audiences = renditions.audiences_of(alert, incident, chosen)
    return Subject(
        alert=alert,
        incident=incident,
        lines=tuple(lines),
        plan=plan,
        source=source,
        written=tuple(renditions.write_all(source, audiences)),
        bar=bar_of(alert.severity),
        reports=independent_reports(incident),
    )


def independent_reports(incident: Incident) -> int:
    """How many people reported it, as far as is known without opening who they are: by the keyed hash alone."""
    person = Coalesce(NullIf(F("identity__person_key"), Value("")), Cast("pk", CharField()))
    rows = Report.objects.filter(incident=incident, state=ReportState.ATTACHED)
    return int(rows.aggregate(people=Count(person, distinct=True))["people"])
