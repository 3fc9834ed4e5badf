"""What is wrong with what somebody wrote, by field, until all of it is told at once."""

from django.core.exceptions import ValidationError

from orgs.wording import held_words

Problems = dict[str, list[str]]


def hold_words(problems: Problems, **texts: str) -> None:
    """Add what no text may hold: where forces are or move, how to reach a person."""
    for name, text in texts.items():
        if held := held_words(text):
            problems.setdefault(name, []).extend(held)


def raise_any(problems: Problems) -> None:
    """Raise ``ValidationError`` if there is anything wrong."""
    if problems:
        raise ValidationError(problems)
