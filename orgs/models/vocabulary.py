"""Words of the field that more than one model uses."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Tlp(models.TextChoices):
    """Traffic Light Protocol 2.0 (FIRST): how far a thing may be shared. Ordered from open to closed."""

    CLEAR = "clear", "TLP:CLEAR"
    GREEN = "green", "TLP:GREEN"
    AMBER = "amber", "TLP:AMBER"
    AMBER_STRICT = "amber_strict", "TLP:AMBER+STRICT"
    RED = "red", "TLP:RED"

    @classmethod
    def up_to(cls, ceiling: str) -> tuple[str, ...]:
        """Every marking at least as open as ``ceiling``, the ceiling included."""
        values = [str(value) for value in cls.values]
        return tuple(values[: values.index(ceiling) + 1])

    @property
    def carries_content(self) -> bool:
        """Whether e-mail and SMS may carry the content itself, and not only a code and a link."""
        return self.value in Tlp.up_to(Tlp.GREEN)


class Role(models.TextChoices):
    """What a person does in an organisation, in given areas (DESIGN, "Who sees what")."""

    REPORTER = "reporter", pgettext_lazy("role", "Reporter")
    EDITOR = "editor", pgettext_lazy("role", "Organisation editor")
    MONITOR = "monitor", pgettext_lazy("role", "Monitor")
    FACILITATOR = "facilitator", pgettext_lazy("role", "Facilitator")
    LIAISON = "liaison", pgettext_lazy("role", "Security liaison")
    COORDINATOR = "coordinator", pgettext_lazy("role", "Coordinator")
    ANALYST = "analyst", pgettext_lazy("role", "Analyst")
    OVERSIGHT = "oversight", pgettext_lazy("role", "Oversight")
    ADMINISTRATOR = "administrator", pgettext_lazy("role", "Administrator")
    OPERATOR = "operator", pgettext_lazy("role", "Operator")


NETWORK_ROLES = (Role.REPORTER, Role.EDITOR, Role.MONITOR, Role.FACILITATOR)
"""The roles that together are the community of TLP:GREEN."""

SECOND_FACTOR_ROLES = (Role.COORDINATOR, Role.LIAISON, Role.OVERSIGHT, Role.ADMINISTRATOR)
"""The roles that may not work without a second factor."""


class Channel(models.TextChoices):
    """By what way a person is told something."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    CALL = "call", _("Phone call")
    INBOX = "inbox", _("Inbox only")
    PUSH = "push", pgettext_lazy("channel", "Notice on the phone or computer")
    WEBHOOK = "webhook", pgettext_lazy("channel", "A program of the organisation")
    NOTICE = "notice", pgettext_lazy("channel", "Notice by another service, without content")


SENDING = (Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.WEBHOOK, Channel.NOTICE)
"""The channels on which workers send. A call is made by a person; the inbox waits to be opened."""

WITH_ADDRESSES = (Channel.PUSH, Channel.WEBHOOK, Channel.NOTICE)
"""The channels whose addresses are rows of their own (``Address``): a person's e-mail and phone are the person's."""


class Language(models.TextChoices):
    """Languages in which the product can write to a person."""

    FRENCH = "fr", "Français"
    ENGLISH = "en", "English"


class TimeZone(models.TextChoices):
    """Where the people of the network and those who left for a camp or a capital keep their clocks."""

    BAMAKO = "Africa/Bamako", _("Mali")
    OUAGADOUGOU = "Africa/Ouagadougou", _("Burkina Faso")
    NOUAKCHOTT = "Africa/Nouakchott", _("Mauritania")
    DAKAR = "Africa/Dakar", _("Senegal")
    ABIDJAN = "Africa/Abidjan", _("Côte d’Ivoire")
    CONAKRY = "Africa/Conakry", _("Guinea")
    NIAMEY = "Africa/Niamey", _("Niger")
    ALGIERS = "Africa/Algiers", _("Algeria")
    CASABLANCA = "Africa/Casablanca", _("Morocco")
    PARIS = "Europe/Paris", _("France, Belgium, Switzerland")
    LONDON = "Europe/London", _("United Kingdom")
    NEW_YORK = "America/New_York", _("New York")


HOME_ZONE = TimeZone.BAMAKO.value
"""The zone of whoever chose none."""
