"""Addresses of reports, incidents and alerts."""

from incidents.urls_alerts import alert_urls
from incidents.urls_api import api_urls
from incidents.urls_cap import cap_urls
from incidents.urls_choice import choice_urls
from incidents.urls_conduct import conduct_urls
from incidents.urls_desk import desk_urls
from incidents.urls_ladders import exercise_urls, ladder_urls
from incidents.urls_openrosa import openrosa_urls
from incidents.urls_reports import report_urls
from incidents.urls_twoway import twoway_urls

# What programs call all day stands first.
urlpatterns = [
    *api_urls,
    *openrosa_urls,
    *report_urls,
    *desk_urls,
    *alert_urls,
    *choice_urls,
    *ladder_urls,
    *exercise_urls,
    *twoway_urls,
    *conduct_urls,
    *cap_urls,
]
