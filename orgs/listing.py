"""The fields of a list as each viewer may read them: policy and disclosure table joined into SQL columns."""

from typing import Any

from django.db.models import Case, Expression, F, Value, When

from orgs.disclosure import Table
from orgs.policy import Policy, Viewer


def columns_for(
    policy: Policy[Any], table: Table, viewer: Viewer, *, only: tuple[str, ...] | None = None
) -> dict[str, Expression | F]:
    """The table's fields as SQL, each row read as the audience that this viewer is to it (first grant that holds).

    Keys have the prefix ``shown_``; empty for a viewer who may see no row at all. Where every audience that the viewer
    can be reads a field in the same way, the field is that way and no question is asked of the row: a list of twenty
    fields with a question in each cost more than all the rest of the request.
    """
    openings = policy.openings(viewer)
    if not openings:
        return {}
    columns: dict[str, Expression | F] = {}
    for name in table.cells if only is None else only:
        ways = [(each, table.way(name, each.audience, each.values("tlp"))) for each in openings]
        if len({way.treatments for _, way in ways}) == 1 and ways[0][1].is_plain:
            columns[f"shown_{name}"] = ways[0][1].expression
            continue
        output = table.output_field(name)
        whens = [When(each.condition, then=way.expression) for each, way in ways if each.condition]
        rest = next((way.expression for each, way in ways if not each.condition), Value(None, output_field=output))
        columns[f"shown_{name}"] = Case(*whens, default=rest, output_field=output)
    return columns
