"""What stands on the page of one organisation besides its entry: each part of the directory adds its own section.

A section is asked with the viewer and the organisation, which the viewer may see, and gives what that viewer may be
shown, or ``None`` for nothing at all. A part registers its function in ``OrgsConfig.ready``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from orgs.models import Organisation
from orgs.policy import Viewer


@dataclass(frozen=True)
class Section:
    """One part of an organisation's page. ``template`` reads ``section`` (this) and ``organisation``."""

    key: str
    """Anchor on the page."""
    title: str | Promise
    template: str
    data: Mapping[str, Any] = field(default_factory=dict)
    aside: bool = False
    """Whether it stands beside the entry on a wide screen, and not below it."""
    position: int = 100
    """Sections stand in this order."""


SectionOf = Callable[[Viewer, Organisation], Section | None]
_functions: list[SectionOf] = []


def register(function: SectionOf) -> SectionOf:
    """Add a part's section, once; usable as a decorator."""
    if function not in _functions:
        _functions.append(function)
    return function


def sections_of(viewer: Viewer, organisation: Organisation) -> list[Section]:
    """Every section that this viewer is shown of this organisation."""
    given = (function(viewer, organisation) for function in _functions)
    return sorted((section for section in given if section is not None), key=lambda section: section.position)
