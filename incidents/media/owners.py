"""Whose a stored file is. Rooms above keep files in the same store: what none of them knows is an orphan.

owners.register(kept_names)
"""

from collections.abc import Callable, Collection

_owners: list[Callable[[Collection[str]], set[str]]] = []


def register(owner: Callable[[Collection[str]], set[str]]) -> None:
    """Add a function that says which of some names it keeps; once."""
    if owner not in _owners:
        _owners.append(owner)


def kept_elsewhere(names: Collection[str]) -> set[str]:
    """Those of these names that some room above keeps."""
    return {name for owner in _owners for name in owner(names)}
