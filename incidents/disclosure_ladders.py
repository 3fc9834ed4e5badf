"""What each audience is shown of ladders and drills. Numbers to call are on no list: one page shows them."""

from incidents.models import AlertLadder, Escalation, Exercise, Ladder, LadderStep, Participation
from orgs.disclosure import Table

LADDER = Table(
    Ladder,
    """
    field           coordinator  reader
    name            S            S
    area_id         S            S
    severity        S            S
    resume_after    S            S
    is_active       S            S
    created_at      S            -
    version         S            -
    """,
    tlp=None,
)

LADDER_STEP = Table(
    LadderStep,
    """
    field           coordinator  reader
    step            S            S
    wait            S            S
    audience        S            S
    role            S            S
    area_id         S            S
    organisation_id S            S
    kind            S            S
    person_id       S            S
    who             S            S
    call_name       S            S
    call_words      S            -
    """,
    tlp=None,
)

ALERT_LADDER = Table(
    AlertLadder,
    """
    field           coordinator
    name            S
    left_out        S
    reason          S
    resume_after    S
    frozen_at       S
    stopped_at      S
    stop_reason     S
    """,
    tlp=None,
)

ESCALATION = Table(
    Escalation,
    """
    field           coordinator
    step            S
    wait            S
    audience        S
    role            S
    area_id         S
    organisation_id S
    kind            S
    person_id       S
    who             S
    call_name       S
    call_words      S
    state           S
    due_at          S
    done_at         S
    why             S
    told            S
    call_outcome    S
    call_note       S
    called_at       S
    """,
    tlp=None,
)

EXERCISE = Table(
    Exercise,
    """
    field           coordinator
    name            S
    purpose         S
    area_id         S
    starts_at       S
    started_at      S
    ended_at        S
    aborted         S
    lessons         S
    created_at      S
    """,
    tlp=None,
)

PARTICIPATION = Table(
    Participation,
    """
    field           coordinator  participant
    exercise_id     S            S
    person_id       S            S
    invited_at      S            S
    answer          S            S
    answered_at     S            S
    """,
    tlp=None,
)
