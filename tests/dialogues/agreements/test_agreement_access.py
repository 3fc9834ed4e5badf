"""Who sees which agreements: the three answers agree, every rule is needed, a list shows what a row shows."""

import pytest

from dialogues.access import AGREEMENTS
from dialogues.disclosed_agreements import AGREEMENT
from dialogues.models import Agreement
from orgs.access import ANYONE, viewer_for
from orgs.models import Level, Role, Tlp, User
from tests.factories import area, country, person
from tests.factories_agreements import agreement

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[User]:
    made = [person(role, where) for role in Role.values for where in ("Koro", "Gao")]
    made += [person(role, country()) for role in (Role.COORDINATOR, Role.FACILITATOR, Role.MONITOR)]
    former = person(Role.FACILITATOR, "Koro", name="Ancienne")
    former.memberships.update(role=Role.REPORTER)
    return [*made, person(Role.COORDINATOR, area("Bandiagara", Level.REGION)), former]


def _rows(people: list[User]) -> list[Agreement]:
    made = [agreement(where, tlp=tlp) for where in ("Koro", "Gao", None) for tlp in Tlp.values[:4]]
    made += [agreement("Gao", tlp=Tlp.AMBER, made_by=who) for who in people]
    return [*made, agreement(None, tlp=Tlp.AMBER, made_by=people[0])]


def test_seeing_listing_and_whom_agree(people: list[User]) -> None:
    rows, seen = _rows(people), 0
    for who in people:
        asks = viewer_for(who)
        listed = {row.pk: row for row in AGREEMENTS.rows(asks).annotate(audience=AGREEMENTS.audience_column(asks))}
        for row in rows:
            audience = AGREEMENTS.audience(asks, row)
            assert (audience is not None) == (row.pk in listed) == AGREEMENTS.people(row).filter(pk=who.pk).exists()
            if audience:
                assert listed[row.pk].audience == audience
                seen += 1
    assert seen > 100
    assert {row.pk for row in rows if AGREEMENTS.sees(ANYONE, row)} == set(
        AGREEMENTS.rows(ANYONE).values_list("pk", flat=True)
    )


SEEN = """
who                  clear green amber strict gao-green country-clear country-green country-amber own-gao
coordinator-Koro     C     C     C     C      -         N             N             -             T
facilitator-Koro     T     T     -     -      -         N             N             -             T
editor-Koro          N     N     -     -      -         N             N             -             -
reporter-Gao         P     -     -     -      N         N             N             -             -
liaison-Koro         P     -     -     -      -         P             -             -             -
analyst-Koro         N     N     -     -      -         N             N             -             -
oversight-Koro       P     -     -     -      -         P             -             -             -
administrator-Koro   P     -     -     -      -         P             -             -             -
operator-Koro        P     -     -     -      -         P             -             -             -
coordinator-country  C     C     C     C      C         C             C             C             C
facilitator-country  T     T     -     -      T         N             N             -             T
"""


def _matrix() -> dict[str, list[str]]:
    lines = [line.split() for line in SEEN.strip().splitlines()[1:]]
    found = {}
    for name, *_cells in lines:
        role, where = name.split("-")
        who = person(role, country() if where == "country" else where)
        rows = [agreement("Koro", tlp=tlp) for tlp in Tlp.values[:4]]
        rows.append(agreement("Gao", tlp=Tlp.GREEN))
        rows += [agreement(None, tlp=tlp) for tlp in Tlp.values[:3]]
        rows.append(agreement("Gao", tlp=Tlp.AMBER, made_by=who))
        found[name] = [(AGREEMENTS.audience(viewer_for(who), row) or "-")[0].upper() for row in rows]
    return found


def test_who_sees_what_and_every_rule_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = {line.split()[0]: line.split()[1:] for line in SEEN.strip().splitlines()[1:]}
    assert _matrix() == typed
    for place in range(len(AGREEMENTS.grants)):
        with monkeypatch.context() as changing:
            changing.setattr(AGREEMENTS, "grants", AGREEMENTS.grants[:place] + AGREEMENTS.grants[place + 1 :])
            assert _matrix() != typed, f"grant {place} is not needed"


def test_a_list_shows_what_a_row_shows(people: list[User]) -> None:
    rows = _rows(people)
    for audience in AGREEMENT.audiences:
        listed = Agreement.objects.annotate(**AGREEMENT.columns(audience)).in_bulk([row.pk for row in rows])
        for row in Agreement.objects.all():
            shown = AGREEMENT.show(row, audience)
            assert shown == {name: getattr(listed[row.pk], f"shown_{name}") for name in shown}
