"""Addresses of dialogues. Each subject lists its own."""

from dialogues.urls_agreements import agreements_urls
from dialogues.urls_api import api_urls
from dialogues.urls_commitments import commitments_urls
from dialogues.urls_committees import committees_urls
from dialogues.urls_exports import exports_urls
from dialogues.urls_imports import imports_urls
from dialogues.urls_offline import offline_urls
from dialogues.urls_papers import papers_urls
from dialogues.urls_processes import processes_urls
from dialogues.urls_proposals import proposals_urls
from dialogues.urls_sessions import sessions_urls

# What programs call all day stands first; fixed words before the number of a session.
urlpatterns = [
    *api_urls,
    *offline_urls,
    *imports_urls,
    *exports_urls,
    *processes_urls,
    *proposals_urls,
    *commitments_urls,
    *agreements_urls,
    *committees_urls,
    *papers_urls,
    *sessions_urls,
]
