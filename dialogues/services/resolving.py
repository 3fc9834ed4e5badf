"""What of this room carries areas, and is given today's by ``orgs.services.resolving``."""

from django.utils.translation import gettext_lazy as _

from dialogues.models import Agreement, Commitment, Committee, Process, Session
from orgs.services.resolving import Rows, registry


def register() -> None:
    """Have dialogues resolved again with the others: whoever reads them by their areas must not lose them."""
    registry.register(
        Rows(Process, _("processes")),
        Rows(Session, _("sessions")),
        Rows(Commitment, _("commitments")),
        Rows(Agreement, _("agreements")),
        Rows(Committee, _("committees")),
    )
