"""Addresses of reporting. A receipt's code never stands in one."""

from django.urls import path

from incidents.views import proxy, reports

report_urls = [
    path("report/", reports.report, name="report"),
    path("report/sent/", reports.report_sent, name="report-sent"),
    path("report/follow-up/", reports.follow_up, name="follow-up"),
    path("report/erase/", reports.erase, name="report-erase"),
    path("report/for-somebody/", proxy.enter, name="report-for-somebody"),
    path("report/read-out/", proxy.read_out, name="report-read-out"),
    path("report/mine/", reports.own, name="report-own"),
]
