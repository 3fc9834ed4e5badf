"""Addresses of reports, incidents and alerts."""

from incidents.urls_alerts import alert_urls
from incidents.urls_api import api_urls
from incidents.urls_desk import desk_urls
from incidents.urls_reports import report_urls

urlpatterns = [*api_urls, *report_urls, *desk_urls, *alert_urls]
