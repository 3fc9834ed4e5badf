"""A progress bar for commands."""

from __future__ import annotations

from typing import TextIO

_WIDTH = 30


class Bar:
    """A bar on a terminal; elsewhere a line at each tenth."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._is_terminal = out.isatty()
        self._last = ("", -1)
        self._is_open = False

    def show(self, what: str, done: int, total: int) -> None:
        """Draw where the percentage (or, without a total, the number) has changed enough to see."""
        share = done * 100 // total if total else done
        if not self._is_terminal:
            share = share // 10 if total else share // 5000
        if (what, share) == self._last:
            return
        self._last = (what, share)
        if not self._is_terminal:
            self._out.write(f"{what} {done}/{total}\n" if total else f"{what} {done}\n")
        elif total:
            filled = "█" * (done * _WIDTH // total)
            self._out.write(f"\r{what:<28} {filled:<{_WIDTH}} {share:3d} % ({done}/{total})")
        else:
            self._out.write(f"\r{what:<28} {done}")
        self._is_open = self._is_terminal
        self._out.flush()

    def close(self) -> None:
        """Leave the last bar on its own line."""
        if self._is_open:
            self._out.write("\n")
            self._is_open = False
