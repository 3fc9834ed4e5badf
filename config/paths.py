"""The two folders that everything else is found from."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def var_folder() -> Path:
    """Where this installation keeps its data, keys and logs: ``PASSERELLE_VAR``, or ``var`` beside the code."""
    return Path(os.environ.get("PASSERELLE_VAR") or BASE_DIR / "var").absolute()
