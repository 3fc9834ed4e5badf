"""What a service refuses, apart from bad content (which is Django's ``ValidationError`` with field names)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class NotAllowed(Exception):
    """This person may not take this step, or the step does not follow from the state things are in.

    A page answers it as if the thing were not there (404), unless the person may see the thing itself.
    """


class Faster(ValidationError):
    """Somebody else changed the row between its being shown and this step; nothing was written.

    ``version`` is the one that stands now, where the row has versions.
    """

    def __init__(self, version: int | None = None) -> None:
        super().__init__(_("Somebody else changed this while you were writing. Nothing was overwritten."))
        self.version = version
