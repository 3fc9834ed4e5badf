"""Addresses of commitments and of files of dialogues."""

from django.urls import URLPattern, path

from dialogues.views import commitment_steps as steps
from dialogues.views import commitments as pages

commitments_urls: list[URLPattern] = [
    path("dialogues/commitments/", pages.commitment_list, name="commitments"),
    path("dialogues/promises/", pages.public_promises, name="promises"),
    path("dialogues/commitments/<uuid:uid>/", pages.commitment_one, name="commitment"),
    path("dialogues/commitments/<uuid:uid>/words/", steps.commitment_words, name="commitment-words"),
    path("dialogues/commitments/<uuid:uid>/priority/", steps.commitment_priority, name="commitment-priority"),
    path("dialogues/commitments/<uuid:uid>/correct/", steps.commitment_correct, name="commitment-correct"),
    path("dialogues/commitments/<uuid:uid>/public/", steps.commitment_public, name="commitment-public"),
    path("dialogues/commitments/<uuid:uid>/person/", steps.commitment_person, name="commitment-person"),
    path("dialogues/commitments/<uuid:uid>/person/forget/", steps.commitment_forget, name="commitment-forget"),
    path("dialogues/sessions/<uuid:uid>/commitments/new/", steps.session_commitment_new, name="session-commitment-new"),
    path(
        "dialogues/processes/<uuid:uid>/commitments/new/", steps.process_commitment_new, name="process-commitment-new"
    ),
]
