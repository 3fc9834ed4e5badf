"""What comes after the counts: solutions are grouped, rated, ranked, promised and followed up, by the pages.

The expected ranking is worked out here, from the numbers of the example and nothing of the product.
"""

import html
import re
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.test import Client
from django.utils import timezone

from dialogues.models import Commitment, Process, RatingRound
from orgs.models import OrganisationKind
from tests.dialogues.imports.imrap import SOLUTIONS, TRUST, YOUTH
from tests.dialogues.papers.reading import bare, text
from tests.factories import OrganisationFactory

NAMES = ("urgency", "feasible", "impact")
DISSENT = "Un bureau en ville ne sert pas celles qui ne peuvent pas voyager."
DISSENT_OF_THE_YOUNG = "Le soir nous travaillons encore."
Values = tuple[int, int, int]
PHONES: tuple[tuple[Values, ...], ...] = (
    ((5, 4, 5), (4, 2, 5), (3, 3, 3), (5, 2, 4), (4, 5, 5), (1, 5, 2)),
    ((4, 4, 4), (5, 3, 4), (2, 4, 3), (5, 3, 5), (3, 5, 4), (2, 4, 2)),
    ((5, 3, 5), (3, 1, 4), (3, 5, 4), (4, 2, 5), (5, 5, 5), (2, 5, 1)),
)
"""Three phones: what each gives to the six solutions."""
PAPERS: tuple[Values, ...] = ((5, 5, 5), (1, 1, 2), (3, 3, 3), (5, 4, 5), (4, 4, 4), (1, 3, 1))
"""One value for each solution and criterion, which four hands give."""
HANDS = 4


def places(scores: Sequence[Fraction]) -> list[tuple[str, int]]:
    """The ranking of the six solutions: the highest first, equal ones share a place, and the next place is left out."""
    order = sorted(range(len(SOLUTIONS)), key=lambda number: -scores[number])
    return [(SOLUTIONS[number].title, 1 + sum(other > scores[number] for other in scores)) for number in order]


def by_consensus() -> list[tuple[str, int]]:
    return places([Fraction(sum(one.agreed), 3) for one in SOLUTIONS])


def by_each_person() -> list[tuple[str, int]]:
    voices = len(PHONES) + HANDS
    return places(
        [
            Fraction(sum(sum(phone[number]) for phone in PHONES) + HANDS * sum(PAPERS[number]), 3 * voices)
            for number in range(len(SOLUTIONS))
        ]
    )


def ranked_on(page: str) -> list[tuple[str, int]]:
    """The ranking as a page shows it."""
    found = re.findall(r'<p class="place">(\d+).*?<h3>(.*?)</h3>', page, re.DOTALL)
    return [(html.unescape(title), int(place)) for place, title in found]


class Followed:
    """A coordinator of the whole country, from the proposals of a file to what became of the promises."""

    def __init__(self, client: Client, process: Process) -> None:
        self.client, self.process = client, process
        self.conference = process.sessions.get(kind="conference")
        self.of_process = f"/dialogues/proposals/processes/{process.uid}/"
        self.day = timezone.localdate()

    def up(self) -> None:
        """The whole way."""
        self._group()
        agreed = self._rated_by_consensus()
        self._rated_by_each_person()
        self._promised(agreed)
        self._followed()
        self._shown(agreed)

    def _page(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode()

    def _post(self, address: str, **given: Any) -> str:
        answer = self.client.post(address, given)
        assert answer.status_code == 302, (address, re.findall(r'class="error".*?>(.*?)<', answer.content.decode()))
        return answer["Location"]

    # --- Grouped -------------------------------------------------------------------------------------------------

    def _waiting(self) -> dict[str, int]:
        ticks = r'name="proposals" value="(\d+)"><span>(.*?)</span>'
        found: dict[str, int] = {}
        for number, words in re.findall(ticks, self._page(self.of_process)):
            found.setdefault(html.unescape(words), int(number))
        return found

    def _group(self) -> None:
        """A priority for each solution of the conference; what sessions proposed is found to be like it, and put in."""
        for one in SOLUTIONS:
            self._post(f"{self.of_process}priorities/new/", title=one.title, theme=one.theme)
            stands = self.process.priorities.get(title=one.title)
            line = self._waiting()[one.at_the_conference]
            self._post(f"{self.of_process}group/", proposals=line, priority=stands.pk)
            self._put_like_ones(one.in_sessions, stands.pk)
        assert self._waiting() == {}
        page = self._page(self.of_process)
        assert page.count("3 propositions · de 3 concertations") == len(SOLUTIONS)
        for theme in (TRUST, YOUTH):
            assert f"<h3>{html.escape(theme)}</h3>" in page

    def _put_like_ones(self, words: str, priority: int) -> None:
        while number := self._waiting().get(words):
            likely = re.findall(rf'name="one" value="({number}-p\d+)"', self._page(self.of_process))
            assert f"{number}-p{priority}" in likely, (words, "is not found to be like its priority")
            self._post(f"{self.of_process}group/", one=f"{number}-p{priority}")

    # --- Rated ---------------------------------------------------------------------------------------------------

    def _opened(self, title: str, method: str) -> tuple[str, RatingRound, list[int]]:
        """A round on the six in the order of the example: its page, and its items in that order."""
        chosen = [self.process.priorities.get(title=one.title).pk for one in SOLUTIONS]
        address = self._post(
            f"{self.of_process}rounds/new/", title=title, method=method, session=self.conference.pk, priorities=chosen
        )
        rating = RatingRound.objects.get(title=title)
        by_title = dict(rating.items.values_list("title", "pk"))
        return address, rating, [by_title[one.title] for one in SOLUTIONS]

    def _rated_by_consensus(self) -> str:
        address, _rating, items = self._opened("La salle, le 5 mai 2016", "consensus")
        agreed = {
            f"p{item}_{name}": value
            for item, one in zip(items, SOLUTIONS, strict=True)
            for name, value in zip(NAMES, one.agreed, strict=True)
        }
        self._post(f"{address}consensus/", **agreed)
        self._post(address, item=items[1], group="women", words=DISSENT)
        assert not ranked_on(self._page(address)), "nobody sees how it stands before it is closed"
        self._post(f"{address}close/")
        page = self._page(address)
        assert ranked_on(page) == by_consensus()
        assert [place for _title, place in by_consensus()] == [1, 2, 2, 2, 5, 6]
        assert page.count('<span class="shared">') == 3, "that a place is shared is said"
        of_contested = page.index(html.escape(SOLUTIONS[1].title))
        assert of_contested < page.index(DISSENT), "who does not agree stands beside the rank"
        return address

    def _rated_by_each_person(self) -> None:
        address, rating, items = self._opened("Chacun, le 5 mai 2016", "individual")
        for values in PHONES:
            phone = Client()
            phone.post("/dialogues/rate/", {"code": rating.code})
            answers = {
                f"p{item}_{name}": value
                for item, three in zip(items, values, strict=True)
                for name, value in zip(NAMES, three, strict=True)
            }
            assert phone.post("/dialogues/rate/ballot/", answers).status_code in (302, 303)
        for item, three in zip(items, PAPERS, strict=True):
            counted = {f"{name}_{value}": HANDS for name, value in zip(NAMES, three, strict=True)}
            self._post(f"{address}paper/{item}/", **counted)
        self._post(address, item=items[5], group="youth", words=DISSENT_OF_THE_YOUNG)
        self._post(f"{address}close/")
        assert ranked_on(self._page(address)) == by_each_person()
        assert by_each_person() != by_consensus(), "the two ways are told apart"

    # --- Promised and followed up --------------------------------------------------------------------------------

    def _promised(self, ranking: str) -> None:
        """The top three become commitments, from the button that stands beside each."""
        owners = (
            OrganisationFactory.create(name="Gendarmerie de Bamako", kind=OrganisationKind.SECURITY),
            OrganisationFactory.create(name="Union des femmes de Bamako"),
            OrganisationFactory.create(name="Conseil des jeunes de Bamako"),
        )
        days = (self.day + timedelta(days=90), date(2016, 9, 1), date(2016, 12, 1))
        page = self._page(ranking)
        forms = re.findall(r'href="(/dialogues/sessions/[^"]+/commitments/new/\?priority=(\d+))"', page)
        assert len(forms) == len(SOLUTIONS)
        for (form, priority), owner, due_on in zip(forms, owners, days, strict=False):
            assert f'<option value="{priority}" selected>' in self._page(form)
            self._post(
                form, uid=uuid.uuid4(), what=f"Promesse de {owner.name}", body=owner.name, priority=priority,
                due_on=due_on.isoformat(),
            )  # fmt: skip
        made = Commitment.objects.order_by("pk").values_list("priority__title", "session", "promised_on")
        first_three = [title for title, _place in by_consensus()[:3]]
        assert list(made) == [(title, self.conference.pk, date(2016, 5, 3)) for title in first_three]

    def _followed(self) -> None:
        begun, kept, _late = Commitment.objects.order_by("pk")
        self._post(f"/dialogues/commitments/{begun.uid}/", state="begun", words="La première rencontre a eu lieu.")
        self._post(f"/dialogues/commitments/{kept.uid}/", state="kept", words="Le bureau est ouvert.")

    def _shown(self, ranking: str) -> None:
        begun, kept, late = Commitment.objects.order_by("pk")
        overdue = self._page("/dialogues/commitments/?state=overdue")
        assert late.what in overdue
        assert "Conseil des jeunes de Bamako" in overdue
        assert begun.what not in overdue
        assert kept.what not in overdue
        of_process = self._page(f"/dialogues/processes/{self.process.uid}/")
        report = self._page(f"/dialogues/processes/{self.process.uid}/report/")
        states = {begun: "Commencé", kept: "Tenu", late: "Promis"}
        for page in (self._page(ranking), of_process, report):
            for one, state in states.items():
                assert html.escape(one.what) in page
                assert state in page
        of_late = self._page(f"/dialogues/commitments/{late.uid}/")
        assert html.escape(by_consensus()[2][0]) in of_late
        assert "jours de retard" in of_late
        self._printed(states)

    def _printed(self, states: dict[Commitment, str]) -> None:
        answer = self.client.get(f"/dialogues/processes/{self.process.uid}/report.pdf")
        printed = text(b"".join(answer) if answer.streaming else answer.content)
        for one, state in states.items():
            assert bare(one.what) in printed
            assert bare(state) in printed
        ranks = printed[printed.index(bare("Classement :")) :]
        found = [ranks.index(bare(title)) for title, _place in by_each_person()]
        assert found == sorted(found), "the report has the newest ranking in its order"
        assert bare(DISSENT_OF_THE_YOUNG) in ranks
