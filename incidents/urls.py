"""Addresses of reports, incidents and alerts."""

from incidents.urls_api import api_urls
from incidents.urls_reports import report_urls

urlpatterns = [*report_urls, *api_urls]
