"""Addresses of tables that can be had in more than one form."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern, path

ENDINGS = ("csv", "xlsx")


def table_paths(address: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """``address.csv`` and ``address.xlsx``, named ``name-csv`` and ``name-xlsx``; the view is given its ``ending``."""
    given: list[tuple[str, dict[str, Any]]] = [(ending, {"ending": ending}) for ending in ENDINGS]
    return [path(f"{address}.{ending}", view, values, name=f"{name}-{ending}") for ending, values in given]
