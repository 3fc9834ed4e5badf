"""What the live site does to a request and Django's test client leaves out."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse


class ReadsForms:
    """Reads a form before its view does, as the check of its token does on the live site.

    The test client's requests carry no token and are not checked, so that a view that has to come first seemed to work.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Read the form, unless the view makes the check itself."""
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            _ = request.POST
