"""Measuring a thing against its floor: alternating rounds, the median of the ratios, and their spread.

A floor does the least that could give the same answer. Bare times are never judged: they tell more of the machine and
of its other work than of the product.
"""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cost:
    """What a run of calls cost: seconds of this process's CPU and of the clock, a call."""

    cpu: float
    wall: float


@dataclass
class Result:
    """One row of the bench."""

    name: str
    what: str
    must: float
    aim: float
    larger_is_better: bool = False
    ratios: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The ratio that counts."""
        return statistics.median(self.ratios)

    @property
    def holds(self) -> bool:
        """Whether the row keeps its promise."""
        return self.median >= self.must if self.larger_is_better else self.median <= self.must

    def line(self) -> str:
        """The row as it is printed."""
        sign = ">=" if self.larger_is_better else "<="
        return (
            f"{'ok  ' if self.holds else 'FAIL'} {self.name}: {self.median:.2f} x {self.what} "
            f"({min(self.ratios):.2f} to {max(self.ratios):.2f} in {len(self.ratios)} rounds; "
            f"must {sign} {self.must:g}, aim {sign} {self.aim:g})" + "".join(f"\n       {note}" for note in self.notes)
        )


def cost_of(call: Callable[[], object], calls: int) -> Cost:
    """The mean cost of a call, over ``calls`` of them."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(calls):
        call()
    return Cost((time.process_time() - cpu) / calls, (time.perf_counter() - wall) / calls)


def compare(
    result: Result,
    thing: Callable[[], object],
    floor: Callable[[], object],
    *,
    rounds: int,
    calls: int,
    by: Callable[[Cost], float] = lambda cost: cost.cpu,
) -> Result:
    """Add the ratios of ``rounds`` alternating rounds; every second round starts with the floor."""
    for _ in range(max(5, calls // 5)):
        thing(), floor()
    costs: list[tuple[Cost, Cost]] = []
    for number in range(rounds):
        order: Sequence[Callable[[], object]] = (thing, floor) if number % 2 else (floor, thing)
        measured = {id(call): cost_of(call, calls) for call in order}
        costs.append((measured[id(thing)], measured[id(floor)]))
    result.ratios += [by(ours) / by(bare) for ours, bare in costs]
    ours, bare = costs[len(costs) // 2]
    result.notes.append(
        f"a call: {ours.cpu * 1e3:.2f} ms CPU, {1 / ours.wall:.0f}/s; "
        f"floor {bare.cpu * 1e3:.2f} ms CPU, {1 / bare.wall:.0f}/s"
    )
    return result
