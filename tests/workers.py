"""Which tests stay on one worker of a parallel run.

By file: pytest 9 no longer lets xdist write the group of ``xdist_group`` into a test's address, so that the mark alone
keeps nothing together.
"""

from xdist.scheduler.loadscope import LoadScopeScheduling  # type: ignore[import-untyped]

TOGETHER = {
    "tests/demo/test_story.py": "story",
    "tests/demo/test_directory.py": "directory",
    "tests/faults/test_alerts.py": "alerts",
    "tests/faults/test_up.py": "up",
    "tests/faults/test_sms_flood.py": "up",
}
"""Making what they share takes longer than they do, or two at once would starve each other."""


class Grouped(LoadScopeScheduling):
    """Each test goes to the next worker that is free, groups as one."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.partition("::")[0], nodeid)
