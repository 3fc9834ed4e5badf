"""What each audience is shown of incidents, figures and reports. The mechanism is ``orgs.disclosure``.

``S`` show, ``C`` coarsen, ``-`` hide; one cell for every marking, or CLEAR/GREEN/AMBER/AMBER+STRICT/RED in turn.
"""

from django.db.models import Case, F, IntegerField, When

from incidents.last_messages import LAST_CHANNEL, LAST_REASON, LAST_STATE
from incidents.models import (
    Advisory,
    AdvisoryWording,
    Alert,
    AlertQuestion,
    Attachment,
    Delivery,
    Device,
    FallBack,
    Feedback,
    Figure,
    Incident,
    LinkOpening,
    OdkSubmission,
    ProxyEntry,
    QuestionAnswer,
    Report,
    WebhookSource,
    WordToReporter,
)
from orgs.disclosure import Coarsening, Column, Table

SMALLEST_COUNT = 5
"""Counts from 1 up to below this could point at people: analysts do not get them (standards: ICO, cells of 1 to 5)."""


def _without_small(value: int | None) -> int | None:
    return None if value is not None and 0 < value < SMALLEST_COUNT else value


def _without_small_sql(path: str) -> Case:
    return Case(
        When(**{f"{path}__gt": 0, f"{path}__lt": SMALLEST_COUNT}, then=None),
        default=F(path),
        output_field=IntegerField(null=True),
    )


NO_SMALL_COUNTS = Coarsening(python=_without_small, sql=_without_small_sql)

INCIDENT = Table(
    Incident,
    """
    field           public      network     organisation  liaison  oversight  analyst  coordinator
    ref             S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    type_id         S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    occurred_on     S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    time_precision  S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    region_id       S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    cercle_id       S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    commune_id      -           S/S/-/-/-   S             S        S          -        S
    region_pcode    S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    cercle_pcode    S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    commune_pcode   -           S/S/-/-/-   S             S        S          -        S
    place_name      -           S/S/-/-/-   S             S        S          -        S
    place_text      -           -           -             -        -          -        S
    state           S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    tlp             S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    severity        S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    urgency         S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    certainty       S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    source_grade    -           -           S             S        S          S        S
    claim_grade     -           S/S/-/-/-   S             S        S          S        S
    summary         S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    finding         S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    narrative       -           -           -             -        -          -        S
    reporter_note   -           -           -             -        -          -        S
    updated_at      S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    """,
    fields={
        "place_name": Column("place__name"),
        "region_pcode": Column("region__pcode"),
        "cercle_pcode": Column("cercle__pcode"),
        "commune_pcode": Column("commune__pcode"),
    },
)

FIGURE = Table(
    Figure,
    """
    field           public      network     organisation  liaison  oversight  analyst  coordinator
    kind            S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    value           S/-/-/-/-   S/S/-/-/-   S             S        S          C        S
    as_of           S/-/-/-/-   S/S/-/-/-   S             S        S          S        S
    source          -           -           -             -        -          -        S
    report_id       -           -           -             -        -          -        S
    """,
    fields={"value": Column("value", NO_SMALL_COUNTS)},
    tlp="incident__tlp",
)

REPORT = Table(
    Report,
    """
    field           own  coordinator
    id              -    S
    door            S    S
    received_at     S    S
    sent_at         S    S
    language        S    S
    type_id         S    S
    occurred_on     S    S
    time_precision  S    S
    place_text      S    S
    place_precision S    S
    region_id       S    S
    cercle_id       S    S
    commune_id      S    S
    region_pcode    S    S
    cercle_pcode    S    S
    commune_pcode   S    S
    narrative       S    S
    harmed          S    S
    how_known       S    S
    may_call_back   S    S
    wants_feedback  S    S
    erased_at       S    S
    state           S    S
    reject_reason   S    S
    reject_note     -    S
    incident_id     -    S
    version         -    S
    incident_ref    -    S
    """,
    fields={
        "region_pcode": Column("region__pcode"),
        "cercle_pcode": Column("cercle__pcode"),
        "commune_pcode": Column("commune__pcode"),
        "incident_ref": Column("incident__ref"),
    },
    tlp=None,
)

WORD = Table(
    WordToReporter,
    """
    field           reporter  coordinator
    text            S         S
    written_at      S         S
    written_by      -         S
    seen_at         -         S
    """,
    fields={"written_by": Column("written_by__name")},
    tlp=None,
)
"""``reporter`` is whoever holds the receipt: they never learn who wrote."""

PROXY = Table(
    ProxyEntry,
    """
    field           coordinator
    way             S
    entered_by      S
    entered_at      S
    """,
    fields={"entered_by": Column("entered_by__name")},
    tlp=None,
)

FEEDBACK = Table(
    Feedback,
    """
    field           coordinator
    step            S
    created_at      S
    """,
    tlp=None,
)
"""That a reporter was told something. Where to, nobody sees; what became of it is the operator's (messages)."""

ATTACHMENT = Table(
    Attachment,
    """
    field           coordinator
    id              S
    report_id       S
    kind            S
    state           S
    refusal         S
    media_type      S
    size            S
    width           S
    height          S
    seconds         S
    received_at     S
    """,
    tlp=None,
)

ALERT = Table(
    Alert,
    """
    field           public  network      recipient  coordinator
    id              S       S            S          S
    incident_ref    -       S/S/-/-/-    -          S
    state           S       S            S          S
    tlp             S       S            S          S
    severity        S       S            S          S
    urgency         S       S            S          S
    instruction     S       S            S          S
    released_at     S       S            S          S
    expires_at      S       S            S          S
    kind            S       S            S          S
    thread          S       S            S          S
    follows_id      -       -            S          S
    is_rumour       S       S            S          S
    created_at      -       -            -          S
    """,
    fields={"incident_ref": Column("incident__ref")},
)

DELIVERY = Table(
    Delivery,
    """
    field           recipient  coordinator
    id              S          S
    alert_id        S          S
    recipient       S          S
    organisation    S          S
    step            S          S
    channel         S          S
    last_channel    C          C
    state           C          C
    why             C          C
    created_at      S          S
    called_at       S          S
    answer          S          S
    answered_at     S          S
    """,
    fields={
        "last_channel": Column("id", LAST_CHANNEL),
        "state": Column("id", LAST_STATE),
        "why": Column("id", LAST_REASON),
        "recipient": Column("recipient__public_id"),
        "organisation": Column("organisation__slug"),
    },
    tlp=None,
)

FALL_BACK = Table(
    FallBack,
    """
    field           recipient  coordinator
    before          S          S
    channel         S          S
    why             S          S
    at              S          S
    """,
    tlp=None,
)

# What the reporters behind an incident are told of it, by code or in their own list. No area, no words but those that a
# coordinator wrote to them.
OUTCOME = Table(
    Incident,
    """
    field           reporter
    state           S
    finding         S
    reporter_note   S
    closed_at       S
    """,
    tlp=None,
)

# Phones that send forms. User name and whose they are stay sealed or unsaid.
DEVICE = Table(
    Device,
    """
    field           administrator  coordinator
    id              S              S
    label           S              S
    organisation    S              S
    created_at      S              S
    last_seen_at    S              S
    revoked_at      S              S
    """,
    fields={"organisation": Column("organisation__name")},
    tlp=None,
)

# A form as a coordinator sees that it came: by which phone, whether its files are all there; never the form itself.
ODK_SUBMISSION = Table(
    OdkSubmission,
    """
    field           coordinator
    id              S
    report_id       S
    form_version    S
    device          S
    received_at     S
    """,
    fields={"device": Column("device__label")},
    tlp=None,
)

WEBHOOK = Table(
    WebhookSource,
    """
    field           administrator
    name            S
    slug            S
    proof           S
    header_name     S
    mapping         S
    is_active       S
    created_at      S
    last_call_at    S
    """,
    tlp=None,
)

QUESTION = Table(
    AlertQuestion,
    """
    field           asker  coordinator
    id              S      S
    text            S      S
    state           S      S
    asked_at        S      S
    asker           S      S
    service         S      S
    """,
    fields={"asker": Column("delivery__recipient__name"), "service": Column("delivery__organisation__name")},
    tlp=None,
)

ANSWER = Table(
    QuestionAnswer,
    """
    field           asker  recipient  coordinator
    text            S      S          S
    to_all          S      S          S
    written_at      S      S          S
    written_by      -      -          S
    question_id     S      -          S
    """,
    fields={"written_by": Column("written_by__name")},
    tlp=None,
)
"""Recipients who did not ask read an answer to all without the question, and nobody but the desk who wrote it."""

ADVISORY = Table(
    Advisory,
    """
    field           service  coordinator
    id              S        S
    kind            S        S
    type_id         S        S
    starts_at       S        S
    ends_at         S        S
    tlp             S        S
    severity        S        S
    state           S        S
    given_at        S        S
    given_by        S        S
    service         S        S
    decided_at      S        S
    decided_by      -        S
    hold_reason     S        S
    hold_note       S        S
    incident_ref    -        S
    """,
    fields={
        "given_by": Column("given_by__name"),
        "service": Column("organisation__name"),
        "decided_by": Column("decided_by__name"),
        "incident_ref": Column("incident__ref"),
    },
    tlp=None,
)
"""Marked by its author for those to whom it may be passed on; the two sides read all of it."""

WORDING = Table(
    AdvisoryWording,
    """
    field           service  coordinator
    side            S        S
    words           S        S
    instruction     S        S
    written_at      S        S
    written_by      -        S
    """,
    fields={"written_by": Column("written_by__name")},
    tlp=None,
)
"""The service reads what its words became, and not who softened them."""

LINK = Table(
    LinkOpening,
    """
    field           coordinator
    delivery_id     S
    state           S
    at              S
    """,
    tlp=None,
)
"""That the link of somebody's message was opened, by a program or a person; the link itself is stored nowhere."""
