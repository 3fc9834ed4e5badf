"""What each audience is shown of the history of a session and of its photos. The mechanism is ``orgs.disclosure``."""

from dialogues.models import SessionEdit, SessionPaper
from orgs.disclosure import Column, Table

EDIT = Table(
    SessionEdit,
    """
    field         team  coordinator
    id            S     S
    version       S     S
    base_version  S     S
    said          S     S
    stood         S     S
    state         S     S
    conflicts     S     S
    written_by    S     S
    written_at    S     S
    settled_by    S     S
    settled_at    S     S
    """,
    fields={"written_by": Column("written_by__name"), "settled_by": Column("settled_by__name")},
    tlp=None,
)

PAPER = Table(
    SessionPaper,
    """
    field       team  coordinator
    id          S     S
    kind        S     S
    caption     S     S
    consent     S     S
    in_report   S     S
    media_type  S     S
    size        S     S
    added_at    S     S
    """,
    tlp=None,
)
