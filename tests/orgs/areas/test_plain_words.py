"""Names and texts in the one form in which they are searched, sorted and held against each other."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgs.models.areas import plain_words


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Gourma-Rharous", "gourma rharous"),
        ("M’PESSOBA", "mpessoba"),
        ("Ŋɔɲɛ", "ngogne"),
        ("𝐊𝐨𝐫𝐨", "koro"),
        ("ＫＯＲＯ", "koro"),
        ("Ǽ", "ae"),
        ("…", ""),
    ],
)
def test_what_looks_alike_is_alike(written: str, plain: str) -> None:
    assert plain_words(written) == plain


def test_no_sign_has_a_plain_form_that_has_another() -> None:
    signs = (chr(number) for number in range(sys.maxunicode + 1))
    assert [sign for sign in signs if plain_words(plain_words(sign)) != plain_words(sign)] == []


@given(st.text(max_size=80))
def test_a_plain_form_stays_as_it_is(text: str) -> None:
    plain = plain_words(text)
    assert plain_words(plain) == plain
    assert plain == " ".join(plain.split())
