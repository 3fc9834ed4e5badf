"""System checks of an installation (``manage.py check --deploy``)."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register(deploy=True)
def site_is_safe(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Beyond this machine, only over HTTPS, never in debug mode, never with relaxed rules."""
    found = []
    if not settings.ON_LOOPBACK and not settings.HTTPS:
        found.append(Error("SITE_URL is reachable from elsewhere and not https.", id="config.E001"))
    if settings.DEBUG:
        found.append(Error("DEBUG must be off.", id="config.E002"))
    if not settings.ON_LOOPBACK and settings.RELAX_SECOND_FACTOR:
        found.append(Error("RELAX_SECOND_FACTOR is for demonstrations on this machine only.", id="config.E003"))
    return found


@register
def second_factor_is_relaxed_for_demonstrations_only(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The switch that lets roles work without their second factor has no place beside real data."""
    if settings.RELAX_SECOND_FACTOR and not settings.DEMO:
        return [
            Error("RELAX_SECOND_FACTOR is for demonstration data only: set DEMO=1 or leave it out.", id="config.E004")
        ]
    return []
