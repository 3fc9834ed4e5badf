"""The alerts of the demonstration, who is chosen, and what they answer."""

from dataclasses import dataclass

from incidents.models import Audience, DeclineReason, ReplyKind, Truth, WhyClosed
from orgs.models import Channel
from orgs.models import OrganisationKind as Kind

NUMBER = "+223 00 00 00 01"
"""To call back; it belongs to nobody."""


@dataclass(frozen=True)
class Choice:
    """One line of recipients; the area by its P-code, the organisation by its key."""

    audience: str
    area: str = ""
    body: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Said:
    """An answer, so many hours ago; one by phone is ticked off by a coordinator."""

    person: str
    hours: float
    kind: str
    reason: str = ""
    text: str = ""
    channel: str = Channel.INBOX


@dataclass(frozen=True)
class Ended:
    """How it ended, so many hours ago: cancelled or not, and what it turned out to be if somebody said."""

    hours: float
    truth: str = ""
    why: str = ""
    word: str = ""
    cancelled: bool = True


@dataclass(frozen=True)
class Updated:
    """What those who had an alert were told later, so many hours ago."""

    hours: float
    instruction: str


@dataclass(frozen=True)
class Raised:
    """An alert: prepared by one, released by another where ``released`` says how many hours ago."""

    case: str
    by: str
    hours: float
    choices: tuple[Choice, ...]
    instruction: str
    second: str = ""
    released: float = 0
    answers: tuple[Said, ...] = ()
    failed: tuple[str, ...] = ()
    """Those whose message the gateway gave up."""
    because: str = ""
    """Why what the checks found went out all the same; without it, they were mistaken."""
    ended: Ended | None = None
    updated: Updated | None = None


WARNINGS = (
    Raised(
        "koro", "coordinator", 21.5,
        (Choice(Audience.LIAISON, area="ML1902"), Choice(Audience.ORGANISATION, body="femmes"),
         Choice(Audience.ORGANISATION, body="anciens")),
        "Parlez aux propriétaires du bétail avant ce soir. Aidez les blessés à arriver au centre de santé.",
        second="second", released=21,
        answers=(
            Said("speaker", 20.8, ReplyKind.ACKNOWLEDGE, channel=Channel.SMS),
            Said("liaison", 20.2, ReplyKind.ACKNOWLEDGE),
            Said("rescuer", 20, ReplyKind.ACT, channel=Channel.SMS),
            Said("elder", 19.5, ReplyKind.ACT, channel=Channel.CALL),
            Said("liaison", 19, ReplyKind.ACT, text="Nous recevons les plaintes et nous parlons au chef de village."),
            Said("rescuer", 12, ReplyKind.DONE, channel=Channel.SMS),
        ),
    ),
    Raised(
        "flight", "coordinator", 89.5,
        (Choice(Audience.NETWORK, area="ML05"), Choice(Audience.LIAISON, area="ML0501", kind=Kind.STATE)),
        "Dites ce que vous pouvez apporter à l’école de Youwarou : eau, nattes, transport.",
        second="second", released=89,
        because="Tout le monde sait que les familles y sont ; sans ce lieu, l’aide n’arrive pas.",
        answers=(
            Said("seller", 88, ReplyKind.ACT, text="Le marché donne des nattes et du poisson séché."),
            Said("rescuer", 87.5, ReplyKind.DECLINE, reason=DeclineReason.NO_MEANS, channel=Channel.SMS),
            Said("facilitator", 86, ReplyKind.ACKNOWLEDGE),
        ),
    ),
    Raised(
        "threat", "second", 5,
        (Choice(Audience.LIAISON, area="ML1903"), Choice(Audience.ORGANISATION, body="anciens")),
        "Appelez tout de suite. Préparez un accueil pour les familles qui partent.",
    ),
    Raised(
        "road", "coordinator", 67,
        (Choice(Audience.PUBLIC), Choice(Audience.NETWORK, area="ML19"), Choice(Audience.LIAISON, area="ML19")),
        "Ne prenez pas cette piste. Si vous voyez un objet inconnu, n’y touchez pas et prévenez.",
        released=66,
        answers=(
            Said("liaison", 65.5, ReplyKind.ACKNOWLEDGE),
            Said("monitor", 65, ReplyKind.ACT, text="Nous prévenons les transporteurs."),
            Said("rescuer", 64.5, ReplyKind.ACKNOWLEDGE, channel=Channel.SMS),
            Said("officer", 64, ReplyKind.ACT),
        ),
        updated=Updated(30, "La piste reste fermée. Passez par la route goudronnée, de jour et à plusieurs."),
        ended=Ended(29, Truth.TRUE, WhyClosed.HAPPENED, cancelled=False),
    ),
    Raised(
        "rumour", "coordinator", 7.1 * 24,
        (Choice(Audience.ORGANISATION, body="priants"),),
        "Demandez aux commerçants ce qu’ils ont vu, et dites-nous ce qu’il en est.",
        released=7 * 24,
        ended=Ended(6.4 * 24, Truth.FALSE, WhyClosed.OLD, "Un ancien message vocal qui circule de nouveau."),
    ),
    Raised(
        "land", "coordinator", 14.5 * 24,
        (Choice(Audience.NETWORK, area="ML19"),),
        "Si vous connaissez les deux villages, aidez le comité à se réunir.",
        released=14 * 24,
    ),
)  # fmt: skip
