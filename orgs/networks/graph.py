"""The organisations around one of them, as far as a viewer may see them, and a picture drawn of that."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgs.access import LINKS
from orgs.models import LinkKind, Organisation, OrganisationLink
from orgs.policy import Viewer

NEAR, FAR = 12, 28
"""How many organisations stand in the inner and in the outer ring of a picture at most."""
SIZE = 400
_RINGS = {0: 0, 1: 92, 2: 172}
_DOTS = {0: 24, 1: 20, 2: 17}
_APART = 0.21
"""The angle between two dots of the outer ring at least, so that they do not touch."""
_MOST = 400
"""Ties read at most for one picture."""

SAID: dict[tuple[str, bool], Promise] = {
    (LinkKind.MEMBER, True): _("Member of"),
    (LinkKind.MEMBER, False): _("Has as member"),
    (LinkKind.COORDINATED, True): _("Coordinated by"),
    (LinkKind.COORDINATED, False): _("Coordinates"),
    (LinkKind.PARTNER, True): _("Partner of"),
    (LinkKind.PARTNER, False): _("Partner of"),
    (LinkKind.FUNDS, True): _("Funds"),
    (LinkKind.FUNDS, False): _("Funded by"),
    (LinkKind.BRANCH, True): _("Branch of"),
    (LinkKind.BRANCH, False): _("Has as branch"),
}
"""How a tie is said of one end: whether it is the first one, and which words stand before the other's name."""


@dataclass(frozen=True)
class Tie:
    """One tie as it is said of the organisation whose page it stands on."""

    link: OrganisationLink
    other: Organisation
    words: Promise


@dataclass(frozen=True)
class Group:
    """The ties of one kind."""

    words: Promise
    ties: list[Tie]


@dataclass
class Dot:
    """An organisation in the picture: a number, which the list explains, at a point of its ring."""

    organisation: Organisation
    number: int
    ring: int
    x: float = 0.0
    y: float = 0.0

    @property
    def radius(self) -> int:
        """How large it is drawn."""
        return _DOTS[self.ring]


@dataclass(frozen=True)
class Line:
    """A tie in the picture."""

    kind: str
    label: str
    a: Dot
    b: Dot


@dataclass
class Picture:
    """Dots and lines, the middle first, and how many organisations found no room."""

    dots: list[Dot] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    left_out: int = 0
    size: int = SIZE

    @property
    def around(self) -> list[Dot]:
        """Everybody but the middle."""
        return self.dots[1:]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The kinds of tie that are drawn, for the legend."""
        drawn = {line.kind for line in self.lines}
        return [(code, str(label)) for code, label in LinkKind.choices if code in drawn]


def ties_of(viewer: Viewer, organisation: Organisation) -> list[OrganisationLink]:
    """The ties of one organisation that this viewer may see, ended ones included, in one query."""
    rows = LINKS.rows(viewer).filter(Q(organisation=organisation.pk) | Q(other=organisation.pk))
    return list(_with_ends(rows).order_by("kind", "pk")[:_MOST])


def groups_of(organisation: Organisation, links: Iterable[OrganisationLink]) -> list[Group]:
    """Ties grouped by how they are said of this organisation, the others by name."""
    groups: dict[Promise, list[Tie]] = {}
    for link in links:
        first = link.organisation_id == organisation.pk
        words = SAID[link.kind, first]
        groups.setdefault(words, []).append(Tie(link, link.other if first else link.organisation, words))
    return [
        Group(words, sorted(ties, key=lambda tie: (tie.other.name_key, tie.link.pk)))
        for words, ties in sorted(groups.items(), key=lambda item: str(item[0]))
    ]


def picture_of(viewer: Viewer, organisation: Organisation, ties: list[OrganisationLink], *, depth: int = 1) -> Picture:
    """The picture around an organisation: those it is tied to and, at depth 2, those they are tied to.

    At depth 2 one query more is made, whatever the number of neighbours.
    """
    near = _others({organisation.pk}, ties)
    links = list(ties)
    if depth > 1 and near:
        chosen = [one.pk for one in near[:NEAR]]
        further = LINKS.rows(viewer).current().of(chosen)  # type: ignore[attr-defined]
        known = {link.pk for link in links}
        links += [link for link in _with_ends(further).order_by("pk")[:_MOST] if link.pk not in known]
    far = _others({organisation.pk, *(one.pk for one in near)}, links)
    dots = [Dot(organisation, 0, 0)]
    dots += [Dot(one, 0, 1) for one in near[:NEAR]]
    hangs_on = _beside(near[:NEAR], far, links)
    dots += [Dot(one, 0, 2) for one, _place_of in hangs_on[:FAR]]
    for number, dot in enumerate(dots):
        dot.number = number
    _place(dots, [place for _one, place in hangs_on[:FAR]])
    by_id = {dot.organisation.pk: dot for dot in dots}
    lines = [
        Line(link.kind, str(LinkKind(link.kind).label), by_id[link.organisation_id], by_id[link.other_id])
        for link in links
        if link.organisation_id in by_id and link.other_id in by_id
    ]
    left_out = len(near) + len(far) - (len(dots) - 1)
    return Picture(dots, lines, left_out)


def _with_ends(rows: QuerySet[OrganisationLink]) -> QuerySet[OrganisationLink]:
    needed = ("name", "name_key", "acronym", "slug", "kind")
    return rows.select_related("organisation", "other").only(
        "kind",
        "starts_on",
        "ends_on",
        "source",
        *(f"{end}__{name}" for end in ("organisation", "other") for name in needed),
    )


def _others(known: set[int], links: Iterable[OrganisationLink]) -> list[Organisation]:
    """The ends of these ties that are not known yet, by name."""
    ends = {end.pk: end for link in links for end in (link.organisation, link.other) if end.pk not in known}
    return sorted(ends.values(), key=lambda end: (end.name_key, end.pk))


def _beside(
    near: list[Organisation], far: list[Organisation], links: list[OrganisationLink]
) -> list[tuple[Organisation, int]]:
    """Those of the outer ring, each with the number of the neighbour it hangs on, in the order of these."""
    place = {one.pk: number for number, one in enumerate(near)}
    first: dict[int, int] = {}
    for link in links:
        for a, b in ((link.organisation_id, link.other_id), (link.other_id, link.organisation_id)):
            if a in place:
                first[b] = min(first.get(b, len(place)), place[a])
    found = [(one, first[one.pk]) for one in far if one.pk in first]
    return sorted(found, key=lambda item: (item[1], item[0].name_key, item[0].pk))


def _place(dots: list[Dot], hangs_on: list[int]) -> None:
    """Neighbours stand evenly around the middle; those of the outer ring behind the neighbour they hang on."""
    near = sum(1 for dot in dots if dot.ring == 1)
    inner = [2 * math.pi * number / near - math.pi / 2 for number in range(near)]
    angles = {0: [0.0], 1: inner, 2: _outer([inner[place] for place in hangs_on], hangs_on)}
    middle = SIZE / 2
    for ring in (0, 1, 2):
        for dot, angle in zip((dot for dot in dots if dot.ring == ring), angles[ring], strict=True):
            dot.x = round(middle + _RINGS[ring] * math.cos(angle), 1)
            dot.y = round(middle + _RINGS[ring] * math.sin(angle), 1)


def _outer(wished: list[float], hangs_on: list[int]) -> list[float]:
    """The angles of the outer ring: as near as may be to those wished for, and never on top of each other."""
    angles: list[float] = []
    for number, angle in enumerate(wished):
        fan = (hangs_on.count(hangs_on[number]) - 1) / 2
        start = angle + (hangs_on[:number].count(hangs_on[number]) - fan) * _APART
        angles.append(max(start, angles[-1] + _APART) if angles else start)
    if angles and angles[-1] - angles[0] > 2 * math.pi - _APART:
        return [wished[0] + 2 * math.pi * number / len(wished) for number in range(len(wished))]
    return angles
