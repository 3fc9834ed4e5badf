"""What a start says on the terminal while something takes long."""

import io

import pytest

from config.console import step
from config.installation import _Counted


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_reads_how_far_a_long_step_is(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    with step("Schema") as progress:
        said = _Counted(2, progress)
        for text in ("  Applying orgs.0001_first...", " OK\n", "  Applying orgs.0002_second...", " OK\n"):
            said.write(text)
    assert terminal.getvalue().startswith("  Schema ...\r  Schema ... 1/2\r  Schema ... 2/2 ")
    assert terminal.getvalue().endswith(" s\n")


def test_a_file_gets_one_line_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr("sys.stdout", file)
    with step("Schema") as progress:
        progress(1, 2)
    assert file.getvalue().count("\n") == 1
    assert "1/2" not in file.getvalue()
