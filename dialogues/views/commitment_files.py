"""Commitments as files, for everybody, each as they may read them."""

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues.exports_commitments import lines
from dialogues.forms.commitments import CommitmentFilterForm
from orgs.access import viewer_of
from orgs.exports.writers import csv_lines


@never_cache
@require_safe
def commitments_csv(request: HttpRequest) -> HttpResponseBase:
    """What the list shows with the same choice, all pages of it; all commitments where nothing is chosen."""
    viewer = viewer_of(request)
    asked = request.GET.copy()
    if "state" not in asked:
        asked["state"] = "all"
    rows = CommitmentFilterForm(asked, viewer=viewer).rows()
    answer = StreamingHttpResponse(csv_lines(lines(viewer, rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="commitments-{timezone.localdate().isoformat()}.csv"'
    return answer
