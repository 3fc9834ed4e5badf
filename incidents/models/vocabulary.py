"""Words of incidents: grades, states, kinds. Types of incident are rows, since administrators keep them."""

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class IncidentType(models.Model):
    """A kind of incident, with its ACLED sub-event type or none.

    Tension, rumour, threat and displacement have no ACLED class: the field stays empty rather than lie.
    """

    code = models.SlugField(_("code"), max_length=30, primary_key=True)
    label_fr = models.CharField(_("label in French"), max_length=80)
    label_en = models.CharField(_("label in English"), max_length=80)
    acled_sub_event_type = models.CharField(
        _("ACLED sub-event type"), max_length=60, blank=True, help_text=_("Empty where ACLED has no equivalent.")
    )
    pictogram = models.SlugField(_("pictogram"), max_length=30, blank=True)
    on_form = models.BooleanField(_("on the report form"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("type of incident")
        verbose_name_plural = _("types of incident")
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its name in the language of the page."""
        return self.label_en if (get_language() or "fr").startswith("en") else self.label_fr


class Door(models.TextChoices):
    """By which way a report came in."""

    WEB = "web", _("Web page")
    OFFLINE = "offline", _("Offline page")
    SMS = "sms", _("SMS")
    ODK = "odk", _("ODK or KoboCollect")
    HOTLINE = "hotline", _("Hotline")
    PROXY = "proxy", _("Entered for somebody else")
    API = "api", _("Program")
    WEBHOOK = "webhook", _("Another server")


class HowKnown(models.TextChoices):
    """How the reporter knows."""

    SAW = "saw", _("I saw it myself")
    TOLD = "told", _("Somebody who saw it told me")
    HEARD = "heard", _("I heard people talk about it")
    UNKNOWN = "unknown", _("Not said")


class TimePrecision(models.TextChoices):
    """How exactly the time is known (ACLED codes 1 to 3, with the hour as a finer one)."""

    HOUR = "hour", _("to the hour")
    DAY = "day", _("to the day")
    WEEK = "week", _("within the week")
    MONTH = "month", _("within the month")


class PlacePrecision(models.TextChoices):
    """How exactly the place is known."""

    POINT = "point", _("point on the map")
    PLACE = "place", _("town or village")
    COMMUNE = "commune", _("commune")
    CERCLE = "cercle", _("cercle")
    REGION = "region", _("region")
    UNKNOWN = "unknown", _("not found on the map")


class Harm(models.TextChoices):
    """What a figure counts. People are counted; a figure is what one source says, never a sum."""

    KILLED = "killed", _("Killed")
    INJURED = "injured", _("Injured")
    ABDUCTED = "abducted", _("Abducted or missing")
    DISPLACED = "displaced", _("Displaced")


class ReportState(models.TextChoices):
    """Life of a report: new, then attached to an incident or rejected; both can be undone."""

    NEW = "new", pgettext_lazy("report", "New")
    ATTACHED = "attached", pgettext_lazy("report", "Attached to an incident")
    REJECTED = "rejected", pgettext_lazy("report", "Set aside")


class RejectReason(models.TextChoices):
    """Why a report was set aside. The reporter reads it in safe words."""

    DUPLICATE = "duplicate", _("The same person said the same thing before")
    UNFOUNDED = "unfounded", _("Checked: it did not happen")
    UNCLEAR = "unclear", _("Not enough to act on")
    OUTSIDE = "outside", _("Not about peace or safety")
    ABUSE = "abuse", _("Insult, advertising or test")
    ERASED = "erased", _("Erased by its author")

    @classmethod
    def for_the_desk(cls) -> list[tuple[str, str]]:
        """What a coordinator may give as a reason: erasing is the author's alone."""
        return [(str(reason), str(reason.label)) for reason in cls if reason is not cls.ERASED]


class SourceGrade(models.TextChoices):
    """How reliable the source is (Admiralty scale, NATO). A new or unknown source is F, not E."""

    A = "A", _("Completely reliable")
    B = "B", _("Usually reliable")
    C = "C", _("Fairly reliable")
    D = "D", _("Not usually reliable")
    E = "E", _("Unreliable")
    F = "F", _("Cannot be judged")


class ClaimGrade(models.TextChoices):
    """How credible the claim is (Admiralty scale, NATO), judged apart from its source. A new claim is 6, not 5."""

    CONFIRMED = "1", _("Confirmed by other sources")
    PROBABLE = "2", _("Probably true")
    POSSIBLE = "3", _("Possibly true")
    DOUBTFUL = "4", _("Doubtful")
    IMPROBABLE = "5", _("Improbable")
    UNJUDGED = "6", _("Cannot be judged")


class Severity(models.TextChoices):
    """Harm done or feared (CAP 1.2, section 3.2.2, severity)."""

    EXTREME = "extreme", _("Extreme")
    SEVERE = "severe", _("Severe")
    MODERATE = "moderate", _("Moderate")
    MINOR = "minor", _("Minor")
    UNKNOWN = "unknown", pgettext_lazy("severity", "Unknown")


class Urgency(models.TextChoices):
    """How soon something must be done (CAP 1.2, urgency)."""

    IMMEDIATE = "immediate", _("Immediate")
    EXPECTED = "expected", _("Within hours")
    FUTURE = "future", _("Within days")
    PAST = "past", _("Over")
    UNKNOWN = "unknown", pgettext_lazy("urgency", "Unknown")


class Certainty(models.TextChoices):
    """How sure it is (CAP 1.2, certainty)."""

    OBSERVED = "observed", _("Observed")
    LIKELY = "likely", _("Likely")
    POSSIBLE = "possible", _("Possible")
    UNLIKELY = "unlikely", _("Unlikely")
    UNKNOWN = "unknown", pgettext_lazy("certainty", "Unknown")


class IncidentState(models.TextChoices):
    """Life of an incident: open while it is being checked, verified, then closed. A closed one can be reopened."""

    OPEN = "open", pgettext_lazy("incident", "Being checked")
    VERIFIED = "verified", pgettext_lazy("incident", "Verified")
    CLOSED = "closed", pgettext_lazy("incident", "Closed")


class Finding(models.TextChoices):
    """What an incident turned out to be, said when it is closed."""

    TRUE = "true", _("True")
    PARTLY = "partly", _("Partly true")
    FALSE = "false", _("False")
    UNKNOWN = "unknown", pgettext_lazy("finding", "Never known")
