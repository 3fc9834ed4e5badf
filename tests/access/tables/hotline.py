"""Who reaches the conversation with a reporter, the form for somebody else, erasing, and the batch of programs."""

from typing import Any

from tests.access.world import World

ADDRESSES = """
address                                      GET                          POST
/report/erase/                               .                            *
/report/for-somebody/                        reporting                    reporting
/report/read-out/                            reporting                    .
/desk/enter/                                 coordinators                 coordinators
/desk/reports/{hotline_report}/word/         .                            coordinator,accused
/desk/reports/{hotline_report}/read/         .                            coordinator,accused
/api/v1/reports/batch/                       .                            reporting
"""
# The ways of one's own report (POST /api/v1/reports/) stand in the table of the main line.


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    return {"hotline_report": world.report().pk}
