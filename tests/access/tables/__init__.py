"""Who reaches each address: one module a part of the product, with ``ADDRESSES`` and what its braces stand for.

A row is an address, who may GET it, who may POST to it. ``home`` is Koro. ``*`` is everybody, ``+`` everybody with an
account, ``.`` nobody (or the method does not exist); everybody who is not named is refused.
"""

import re
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from tests.access.tables import main_line
from tests.access.world import World

MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]


def rows() -> list[list[str]]:
    """Every row of every table: address, who may GET, who may POST."""
    return [line.split() for module in MODULES for line in module.ADDRESSES.strip().splitlines()[1:]]


def things(world: World, address: str) -> dict[str, Any]:
    """What the braces of an address stand for, made in this world; modules that it does not need make nothing.

    The module whose table holds the address goes first, then the main line, then the others until nothing is missing.
    """
    wanted = set(re.findall(r"\{(\w+)\}", address))
    made: dict[str, Any] = {}
    for module in sorted(MODULES, key=lambda module: (address not in module.ADDRESSES, module is not main_line)):
        if wanted <= made.keys():
            break
        made |= module.things(world)
    return made
