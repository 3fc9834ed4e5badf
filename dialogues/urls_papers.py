"""Addresses of print packs and reports."""

from django.urls import URLPattern, path

from dialogues.views import papers

papers_urls: list[URLPattern] = [
    path("dialogues/sessions/<uuid:uid>/print/", papers.session_sheets, name="session-sheets"),
    path("dialogues/sessions/<uuid:uid>/print.pdf", papers.session_sheets_pdf, name="session-sheets-pdf"),
    path("dialogues/sessions/<uuid:uid>/report/", papers.session_report, name="session-report"),
    path("dialogues/sessions/<uuid:uid>/report.pdf", papers.session_report_pdf, name="session-report-pdf"),
    path("dialogues/processes/<uuid:uid>/print/", papers.process_sheets, name="process-sheets"),
    path("dialogues/processes/<uuid:uid>/print.pdf", papers.process_sheets_pdf, name="process-sheets-pdf"),
    path("dialogues/processes/<uuid:uid>/report/", papers.process_report, name="process-report"),
    path("dialogues/processes/<uuid:uid>/report.pdf", papers.process_report_pdf, name="process-report-pdf"),
]
