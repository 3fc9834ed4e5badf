"""What a process keeps: asked once a period and way of asking, forgotten on demand, and no error is kept."""

import pytest

from orgs.kept import kept


def test_an_answer_is_asked_once_for_each_way_of_asking() -> None:
    asked: list[str] = []

    @kept(most=2)
    def shout(word: str) -> str:
        asked.append(word)
        return word.upper()

    assert [shout("a"), shout("b"), shout("a")] == ["A", "B", "A"]
    assert asked == ["a", "b"]
    shout.forget()
    shout("a")
    assert asked == ["a", "b", "a"]


def test_an_answer_lives_no_longer_than_its_period(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([1, 2])

    @kept(seconds=60)
    def ask() -> int:
        return next(answers)

    monkeypatch.setattr("orgs.kept.time.monotonic", lambda: 600.0)
    assert [ask(), ask()] == [1, 1]
    monkeypatch.setattr("orgs.kept.time.monotonic", lambda: 660.0)
    assert ask() == 2


def test_no_is_kept_and_an_error_is_not() -> None:
    answers = iter([ValueError("gone"), None])

    @kept()
    def ask() -> None:
        answer = next(answers)
        if answer is not None:
            raise answer

    with pytest.raises(ValueError, match="gone"):
        ask()
    assert [ask(), ask()] == [None, None]
