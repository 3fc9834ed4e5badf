"""A journey runs through the product as it is served in production."""

from tests.browser.conftest import served_files

__all__ = ["served_files"]
