"""The first page: what this is, how to report, what everybody may know, and what waits for those who are signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orgs import providers
from orgs.access import viewer_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page. Works without scripts and without an account."""
    return render(request, "home.html", {"advisories": providers.advisories.collect(viewer_of(request))})
