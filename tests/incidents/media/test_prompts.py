"""Recorded questions: put in by administrators, heard by everybody."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from incidents.models import Prompt
from incidents.services.errors import NotAllowed
from incidents.services.prompts import keep_prompt
from orgs.access import viewer_for
from orgs.models import Role
from tests.factories import person, signed_in
from tests.incidents.media import samples
from tests.incidents.media.samples import SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def test_an_administrator_records_a_question_and_everybody_hears_it(client: Client) -> None:
    keeper = signed_in(person(Role.ADMINISTRATOR, "Koro"))
    assert b"<audio" not in client.get("/report/").content
    form = {"question": "what", "language": "bm", "language_name": "Bamanankan", "is_active": "on"}
    sound = SimpleUploadedFile("x.ogg", samples.ogg(secret=True))
    answer = keeper.post("/admin/incidents/prompt/add/", {**form, "sound": sound})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    prompt = Prompt.objects.get()
    assert SECRET not in bytes(prompt.audio)
    cache.clear()
    page = client.get("/report/").content.decode()
    assert f'src="/report/prompts/{prompt.pk}/?v={prompt.sha256[:12]}"' in page
    assert "Bamanankan" in page
    heard = client.get(f"/report/prompts/{prompt.pk}/")
    assert (heard["Content-Type"], heard.content) == ("audio/ogg", bytes(prompt.audio))
    assert f"/report/prompts/{prompt.pk}/" in client.get("/report/offline/").content.decode()
    assert keeper.get("/admin/incidents/prompt/").status_code == 200
    kept = keeper.post(f"/admin/incidents/prompt/{prompt.pk}/change/", {**form, "is_active": ""})
    assert kept.status_code == 302
    assert client.get(f"/report/prompts/{prompt.pk}/").status_code == 404


@pytest.mark.parametrize("data", [samples.jpeg(), samples.svg(), b"", samples.amr(20_000)])
def test_what_is_no_short_sound_is_refused(data: bytes) -> None:
    prompt = Prompt(question="what", language="bm", language_name="Bamanankan")
    with pytest.raises(ValidationError):
        keep_prompt(viewer=viewer_for(person(Role.ADMINISTRATOR, "Koro")), prompt=prompt, data=data)


def test_others_may_not() -> None:
    prompt = Prompt(question="what", language="bm", language_name="Bamanankan")
    with pytest.raises(NotAllowed):
        keep_prompt(viewer=viewer_for(person(Role.COORDINATOR, "Koro")), prompt=prompt, data=samples.ogg())
