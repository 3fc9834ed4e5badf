"""What stands on the page of one thing besides its own facts: each part of the product adds its section.

A section is asked with the viewer and the row, which the viewer may see, and gives what that viewer may be shown, or
``None`` for nothing at all. A part registers its function in ``AppConfig.ready``::

    alert_page.register(ladder_section)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.utils.functional import Promise

from orgs.models import Organisation
from orgs.policy import Viewer

Row = TypeVar("Row")


@dataclass(frozen=True)
class Section:
    """One part of a page. ``template`` reads ``section`` (this) and the row by the name that the page gives it."""

    key: str
    """Anchor on the page."""
    title: str | Promise
    template: str
    data: Mapping[str, Any] = field(default_factory=dict)
    aside: bool = False
    """Whether it stands beside the row's own facts on a wide screen, and not below them."""
    position: int = 100
    """Sections stand in this order."""


class Sections(Generic[Row]):
    """The sections of one kind of page."""

    def __init__(self) -> None:
        self._functions: list[Callable[[Viewer, Row], Section | None]] = []

    def register(self, function: Callable[[Viewer, Row], Section | None]) -> Callable[[Viewer, Row], Section | None]:
        """Add a part's section, once; usable as a decorator."""
        if function not in self._functions:
            self._functions.append(function)
        return function

    def of(self, viewer: Viewer, row: Row) -> list[Section]:
        """Every section that this viewer is shown of this row."""
        given = (function(viewer, row) for function in self._functions)
        return sorted((section for section in given if section is not None), key=lambda section: section.position)


organisation_page: Sections[Organisation] = Sections()
"""The page of one organisation of the directory."""
