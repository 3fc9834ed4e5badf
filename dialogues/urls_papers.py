"""Addresses of print packs and reports, the same for a session and for a process."""

from django.urls import URLPattern, path

from dialogues.views import papers

papers_urls: list[URLPattern] = [
    path(f"dialogues/{folder}/<uuid:uid>/{address}", view, {"kind": kind}, name=f"{kind}-{name}")
    for folder, kind in (("sessions", papers.SESSION), ("processes", papers.PROCESS))
    for address, view, name in (
        ("print/", papers.sheets, "sheets"),
        ("print.pdf", papers.sheets_pdf, "sheets-pdf"),
        ("report/", papers.report, "report"),
        ("report.pdf", papers.report_pdf, "report-pdf"),
    )
]
