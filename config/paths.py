"""The two folders that everything else is found from."""

import os
from importlib.util import find_spec
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def var_folder() -> Path:
    """Where this installation keeps its data, keys and logs: ``PASSERELLE_VAR``, or ``var`` beside the code."""
    return Path(os.environ.get("PASSERELLE_VAR") or BASE_DIR / "var").absolute()


def package_folder(name: str) -> Path:
    """Where an installed package lies, without importing it."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(name)
    return Path(spec.submodule_search_locations[0])
