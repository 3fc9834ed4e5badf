"""Addresses of proposals and priorities."""

from django.urls import URLPattern, path

from dialogues.views import priorities, proposals, rate, rating_screens, rating_slips, ratings

_OF = "dialogues/proposals/processes/<uuid:uid>/"
_ROUND = "dialogues/proposals/rounds/<uuid:uid>/"

proposals_urls: list[URLPattern] = [
    path("dialogues/rate/", rate.rate, name="rate"),
    path("dialogues/rate/ballot/", rate.rate_ballot, name="rate-ballot"),
    path("dialogues/proposals/", proposals.proposals, name="proposals"),
    path(_OF, proposals.process_proposals, name="proposals-process"),
    path(f"{_OF}group/", proposals.group, name="proposals-group"),
    path(f"{_OF}undo/", proposals.undo_grouping, name="proposals-undo"),
    path(f"{_OF}priorities/new/", priorities.priority_new, name="priority-new"),
    path(f"{_OF}rounds/new/", ratings.rating_new, name="rating-new"),
    path("dialogues/proposals/priorities/<int:number>/", priorities.priority, name="priority"),
    path("dialogues/proposals/sessions/<uuid:uid>/", proposals.session_proposals, name="proposals-session"),
    path(_ROUND, ratings.rating_round, name="rating-round"),
    path(f"{_ROUND}paper/<int:number>/", ratings.rating_paper, name="rating-paper"),
    path(f"{_ROUND}consensus/", ratings.rating_consensus, name="rating-consensus"),
    path(f"{_ROUND}slips/", rating_slips.rating_slips, name="rating-slips"),
    path(f"{_ROUND}slips.pdf", rating_slips.rating_slips_pdf, name="rating-slips-pdf"),
    path(f"{_ROUND}close/", ratings.rating_close, name="rating-close"),
    path(f"{_ROUND}hall/", rating_screens.rating_hall, name="rating-hall"),
    path(f"{_ROUND}print/", rating_screens.rating_print, name="rating-print"),
]
