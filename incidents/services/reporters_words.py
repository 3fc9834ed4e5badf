"""Whether a text repeats what a reporter wrote: their way of saying it can show who they are.

Who reported stays sealed and is not looked at; the reports' words are what a coordinator reads anyway.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from incidents.models import Addition, Alert, Report
from orgs.models.areas import plain_words

LONGEST_RUN = 5
"""So many words in a row that stand in a report too are its author's own way of saying it."""


def repeated(text: str, alert: Alert) -> list[str]:
    """What a text repeats from the reports behind an alert, in words for its writer; empty when nothing.

    What the alert's own summary and instruction say may be said again: everybody has read it.
    """
    runs = _runs(text)
    if not runs:
        return []
    public = set(_keys([alert.incident.summary, alert.instruction]))
    theirs = set(_keys(_said_by_reporters(alert))) - public
    found = [words for key, words in runs if key in theirs]
    if not found:
        return []
    return [_("“%(words)s” stands so in a report. Say it in your own words.") % {"words": found[0]}]


def _said_by_reporters(alert: Alert) -> Iterable[str]:
    reports = Report.objects.filter(incident=alert.incident_id)
    yield from reports.values_list("narrative", flat=True)
    yield from Addition.objects.filter(report__incident=alert.incident_id).values_list("text", flat=True)


def _keys(texts: Iterable[str]) -> Iterable[str]:
    return (key for text in texts for key, _words in _runs(text))


def _runs(text: str) -> list[tuple[str, str]]:
    words = [(key, word) for word in text.split() if (key := plain_words(word))]
    ends = range(LONGEST_RUN, len(words) + 1)
    runs = (words[end - LONGEST_RUN : end] for end in ends)
    return [(" ".join(key for key, _word in run), " ".join(word for _key, word in run)) for run in runs]
