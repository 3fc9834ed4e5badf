"""Checks on how sure it is, and on who would read it: the source, the verification, the marking."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents import access
from incidents.models import Audience, ClaimGrade, SafetyCheck, SourceGrade
from incidents.safety.found import Found, Weight
from incidents.safety.subject import Subject
from orgs.policy import Viewer


def source(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """A single source below the bar for this severity, where nobody else confirmed it."""
    incident, bar = subject.incident, subject.bar
    if incident.claim_grade == ClaimGrade.CONFIRMED:
        return
    if bar.is_reached(source=incident.source_grade, reports=subject.reports):
        return
    key = f"{subject.alert.severity}/{incident.source_grade}/{subject.reports}/{incident.claim_grade}"
    yield Found(SafetyCheck.SOURCE, _words_of(subject), Weight.NEEDS_ANSWER, subject.audiences, key)


def _words_of(subject: Subject) -> str:
    grade = subject.incident.source_grade
    count = ngettext("%(n)s report", "%(n)s reports", subject.reports) % {"n": subject.reports}
    return _("%(severity)s, source %(grade)s (%(words)s), %(count)s") % {
        "severity": subject.alert.get_severity_display(),
        "grade": grade,
        "words": SourceGrade(grade).label,
        "count": count,
    }


def unverified(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """Not verified: a rumour, for those who can check it."""
    if subject.is_rumour:
        yield Found(SafetyCheck.UNVERIFIED, "", Weight.INFORMS, subject.audiences)


def marking(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """Something written for an audience that this marking shuts out; nothing should ever be."""
    for code in subject.audiences:
        if not access.may_be_sent_to(code, subject.alert.tlp):
            yield Found(SafetyCheck.MARKING, str(Audience(code).label), Weight.HOLDS, (code,))
    for code in {line.audience for line in subject.lines} - set(subject.audiences):
        if not access.may_be_sent_to(code, subject.alert.tlp):
            yield Found(SafetyCheck.MARKING, str(Audience(code).label), Weight.INFORMS, (code,))


def too_early(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """Something written for those who may be told only of what is verified; nothing should ever be."""
    if not subject.is_rumour:
        return
    for code in subject.audiences:
        if code not in access.BEFORE_VERIFICATION:
            yield Found(SafetyCheck.TOO_EARLY, str(Audience(code).label), Weight.HOLDS, (code,))
    for code in {line.audience for line in subject.lines} - set(subject.audiences):
        if code not in access.BEFORE_VERIFICATION and access.may_be_sent_to(code, subject.alert.tlp):
            yield Found(SafetyCheck.TOO_EARLY, str(Audience(code).label), Weight.INFORMS, (code,))
