"""Who looks at the directory."""

import pytest


@pytest.fixture(autouse=True)
def _relaxed(settings):
    """The second step of sign-in is tested elsewhere."""
    settings.RELAX_SECOND_FACTOR = True
