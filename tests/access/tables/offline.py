"""Who reaches files of reports, recorded questions and the offline page. Every result was typed by hand."""

from typing import Any

from incidents.models import Attachment, Prompt
from incidents.services.media import start_upload, take_in
from tests.access.world import World
from tests.incidents.media.samples import amr, jpeg

ADDRESSES = """
address                                      GET                          POST
/desk/attachments/{offline_attachment}/      coordinator,accused          .
/report/files/                               *                            *
/report/media/                               .                            *
/report/media/{offline_upload}/              *                            .
/report/prompts/{offline_prompt}/            *                            .
/report/offline/                             *                            .
/report/offline/en/                          *                            .
/report/offline/send/                        .                            *
/report/sw.js                                *                            .
/report/manifest.webmanifest                 *                            .
"""


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    report = world.report()
    kept: Attachment = take_in(report=report, data=jpeg())
    begun = start_upload(report=report, client_id="0" * 32, kind="photo", size=10)
    assert begun is not None
    sound = Prompt.objects.create(
        question="what",
        language="bm",
        language_name="Bamanankan",
        audio=amr(),
        media_type="audio/amr",
        size=1,
        sha256="0",
    )
    return {"offline_attachment": kept.pk, "offline_upload": begun.upload_id, "offline_prompt": sound.pk}
