"""What the dialogues of the demonstration answer, and what is kept sealed beside them. Invented."""

from collections.abc import Iterator
from functools import partial

from dialogues.demo.script import Step, day, uid_of
from dialogues.models import Consent, Process, SafetyNote, Session
from dialogues.services import answering, names, safety_notes
from incidents.models import ConductPattern, Incident
from orgs.demo import Stage

ANSWERS = (("prevue", "koro", 0.8), ("mare", "land", 13.0))
"""Session, the incident that it answers, and so many days ago it was said."""
NOTES = (
    ("femmes", 99.5, "Deux femmes ont parlé de ce qui se passe chez elles. Ne pas citer le quartier, ne pas écrire"
                     " l’heure, ne pas les appeler : elles appellent."),
    ("gardiens", 74.5, "Un jeune a été suivi après la réunion. Il rentre avec quelqu’un ; on n’écrit nulle part qu’il"
                       " était là."),
)  # fmt: skip
NAMED = (
    ("comite", "Une conseillère de la mairie (inventée)", "Mairie"),
    ("comite", "Le président des pêcheurs (inventé)", "Pêcheurs"),
)


def steps(stage: Stage) -> Iterator[Step]:
    """What was linked, noted and named, each on its day."""
    for session, incident, days in ANSWERS:
        yield days, partial(_answer, stage, session, incident)
    yield 0.7, partial(_take_up, stage)
    for session, days, words in NOTES:
        yield days, partial(_note, stage, session, days, words)
    for session, name, body in NAMED:
        yield 39.5, partial(_name, stage, session, name, body)


def _answer(stage: Stage, key: str, incident_key: str) -> None:
    viewer = stage.viewer("coordinator")
    incident = Incident.objects.get(pk=stage.made[f"incident {incident_key}"])
    answering.link(viewer=viewer, incident=incident, dialogue=_session(key))
    process = Process.objects.get(uid=uid_of("process marches"))
    answering.link(viewer=viewer, incident=incident, dialogue=process)


def _take_up(stage: Stage) -> None:
    process = Process.objects.get(uid=uid_of("process marches"))
    pattern = ConductPattern.objects.filter(is_demo=True).latest("pk")
    answering.take_up(viewer=stage.viewer("facilitator"), pattern=pattern, process=process)


def _note(stage: Stage, key: str, days: float, words: str) -> None:
    added = safety_notes.add_safety_note(
        viewer=stage.viewer("facilitator"), session=_session(key), words=words, form_key=f"demo-{key}"
    )
    SafetyNote.objects.filter(pk=added.pk).update(written_at=stage.ago(24 * days))


def _name(stage: Stage, key: str, name: str, body: str) -> None:
    names.add_name(
        viewer=stage.viewer("facilitator"),
        session=_session(key),
        name=name,
        body=body,
        contact="",
        consent=Consent.SIGNED,
        consented_on=day(40),
    )


def _session(key: str) -> Session:
    return Session.objects.get(uid=uid_of(key))
