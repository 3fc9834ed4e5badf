"""Addresses of sessions."""

from django.urls import path

from dialogues.views import search, session_papers, session_sealed, session_writing, sessions

_ONE = "dialogues/sessions/<uuid:uid>/"

sessions_urls = [
    path("dialogues/", sessions.sessions, name="dialogues"),
    path("dialogues/search/", search.search, name="dialogue-search"),
    path("dialogues/sessions/new/", session_writing.session_new, name="dialogue-session-new"),
    path(_ONE, sessions.session, name="dialogue-session"),
    path(f"{_ONE}edit/", session_writing.session_edit, name="dialogue-session-edit"),
    path(f"{_ONE}history/", sessions.session_history, name="dialogue-session-history"),
    path(f"{_ONE}settle/<int:number>/", session_writing.session_settle, name="dialogue-session-settle"),
    path(f"{_ONE}names/", session_sealed.session_names, name="dialogue-session-names"),
    path(f"{_ONE}safety/", session_sealed.session_safety, name="dialogue-session-safety"),
    path(f"{_ONE}papers/", session_papers.session_papers, name="dialogue-session-papers"),
    path(f"{_ONE}papers/<int:number>/", session_papers.session_paper, name="dialogue-session-paper"),
    path(
        f"{_ONE}papers/<int:number>/report/", session_papers.session_paper_report, name="dialogue-session-paper-report"
    ),
    path(
        f"{_ONE}papers/<int:number>/remove/", session_papers.session_paper_remove, name="dialogue-session-paper-remove"
    ),
]
