"""Words of dialogue that more than one model uses."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DialogueLevel(models.TextChoices):
    """How far up a dialogue is held."""

    NATIONAL = "national", pgettext_lazy("dialogue level", "National")
    REGIONAL = "regional", pgettext_lazy("dialogue level", "Regional")
    COMMUNAL = "communal", pgettext_lazy("dialogue level", "Communal")
    VILLAGE = "village", pgettext_lazy("dialogue level", "Village or quarter")


class Track(models.TextChoices):
    """Multi-track diplomacy: who speaks for whom."""

    OFFICIAL = "1", _("Track I: those who hold office")
    CITIZENS = "2", _("Track II: citizens who have influence")
    LOCAL = "3", _("Track III: those who live there")


class ProcessKind(models.TextChoices):
    """What sort of series of sessions it is."""

    RESEARCH = "research", _("Participatory action research")
    JUSTICE_SECURITY = "justice", _("Justice and security dialogue")
    COMMITTEE = "committee", _("Security committee (CCLS)")
    PEACE_EXCHANGE = "exchange", _("Peace Exchange")
    MEDIATION = "mediation", pgettext_lazy("kind of process", "Mediation")
    REINTEGRATION = "reintegration", _("Reintegration")
    OTHER = "other", pgettext_lazy("kind of process", "Another kind")


class ProcessState(models.TextChoices):
    """Where a process stands. ``FOLLOWED`` is the time after the last session, when what was decided is carried out."""

    PLANNED = "planned", pgettext_lazy("process", "Planned")
    RUNNING = "running", pgettext_lazy("process", "Under way")
    FOLLOWED = "followed", pgettext_lazy("process", "Being followed up")
    ENDED = "ended", pgettext_lazy("process", "Ended")
    STOPPED = "stopped", pgettext_lazy("process", "Given up")


class SessionKind(models.TextChoices):
    """How people came together."""

    DIALOGUE = "dialogue", pgettext_lazy("kind of session", "Dialogue")
    FOCUS_GROUP = "focus_group", _("Focus group")
    INTERVIEW = "interview", _("Interview")
    SCREENING = "screening", _("Film screening with debate")
    COMMITTEE = "committee", _("Meeting of a committee")
    WORKSHOP = "workshop", _("Workshop")
    CONFERENCE = "conference", _("Conference")
    MEDIATION = "mediation", pgettext_lazy("kind of session", "Mediation")


class SessionState(models.TextChoices):
    """Whether it has been held."""

    PLANNED = "planned", pgettext_lazy("session", "Planned")
    HELD = "held", pgettext_lazy("session", "Held")
    CANCELLED = "cancelled", pgettext_lazy("session", "Not held")


class Country(models.TextChoices):
    """Where a session is held: Mali, or a camp or a diaspora abroad. Codes of ISO 3166-1."""

    MALI = "ML", _("Mali")
    MAURITANIA = "MR", _("Mauritania")
    NIGER = "NE", _("Niger")
    BURKINA = "BF", _("Burkina Faso")
    ALGERIA = "DZ", _("Algeria")
    SENEGAL = "SN", _("Senegal")
    GUINEA = "GN", _("Guinea")
    IVORY_COAST = "CI", _("Côte d’Ivoire")
    ELSEWHERE = "ZZ", _("Another country")


class Sex(models.TextChoices):
    """As it was counted in the room."""

    WOMEN = "f", pgettext_lazy("attendance", "Women")
    MEN = "m", pgettext_lazy("attendance", "Men")
    UNKNOWN = "u", pgettext_lazy("sex", "Not recorded")


class AgeBand(models.TextChoices):
    """Ages in years, both ends included. 15 to 35 are the young (African Youth Charter); bands never overlap."""

    CHILDREN = "0-14", _("Under 15")
    YOUTH = "15-35", _("15 to 35")
    ADULTS = "36-60", _("36 to 60")
    ELDERS = "61+", _("Over 60")
    UNKNOWN = "u", pgettext_lazy("age", "Not recorded")


class Group(models.TextChoices):
    """As whom people came. Never a community of birth: ethnic labels inflame."""

    RESIDENTS = "residents", pgettext_lazy("group", "Residents")
    WOMEN_GROUPS = "women", _("Women’s groups")
    YOUTH_GROUPS = "youth", _("Youth groups")
    CUSTOMARY = "customary", _("Customary leaders")
    RELIGIOUS = "religious", _("Religious leaders")
    HERDERS = "herders", _("Herders")
    FARMERS = "farmers", _("Farmers")
    FISHERS = "fishers", _("Fishers")
    TRADERS = "traders", _("Traders and transporters")
    FORCES = "forces", _("Defence and security forces")
    LOCAL_STATE = "state", _("State and local authorities")
    JUSTICE = "justice", _("Justice")
    DISPLACED = "displaced", _("Displaced people")
    RETURNED = "returned", _("Refugees and those who came back")
    CIVIL_SOCIETY = "civil_society", _("Civil society organisations")
    TEACHERS = "teachers", _("Teachers and health workers")
    SIGNATORIES = "signatories", _("Movements that signed the peace agreement")
    OTHER = "other", pgettext_lazy("group", "Others")
    UNKNOWN = "u", pgettext_lazy("group", "Not recorded")


class Need(models.TextChoices):
    """Human needs, which cannot be bargained over, as against interests, which can (Burton; domain row 22)."""

    SAFETY = "safety", _("Safety")
    IDENTITY = "identity", _("Identity")
    RECOGNITION = "recognition", _("Recognition and dignity")
    PARTICIPATION = "participation", _("Taking part in decisions")
    JUSTICE = "justice", pgettext_lazy("need", "Justice")
    BELONGING = "belonging", _("Belonging")
    LIVELIHOOD = "livelihood", _("Living from one’s work")
    AUTONOMY = "autonomy", _("Deciding for oneself")
    INTEREST = "interest", _("An interest that can be negotiated")


class PointKind(models.TextChoices):
    """What the room came to on a matter."""

    AGREEMENT = "agreement", pgettext_lazy("point", "Agreed")
    DISAGREEMENT = "disagreement", pgettext_lazy("point", "Not agreed")


class How(models.TextChoices):
    """How a session came to be written down."""

    PAGE = "page", _("On the page")
    PHONE = "phone", _("On a phone, without network")
    PAPER = "paper", _("From a paper form")
    FILE = "file", _("From a spreadsheet")
