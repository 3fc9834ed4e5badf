"""The place of the alert tests, and the other side of push, webhook and notice."""

from tests.incidents.alerts.conftest import koro  # noqa: F401
from tests.orgs.channels.conftest import other  # noqa: F401
