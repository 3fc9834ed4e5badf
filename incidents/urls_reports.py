"""Addresses of reporting. A receipt's code never stands in one."""

from django.urls import path

from incidents.views import reports

report_urls = [
    path("report/", reports.report, name="report"),
    path("report/sent/", reports.report_sent, name="report-sent"),
    path("report/follow-up/", reports.follow_up, name="follow-up"),
    path("report/mine/", reports.own, name="report-own"),
]
