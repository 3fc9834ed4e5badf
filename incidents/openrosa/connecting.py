"""What a phone needs to be connected: an address, and a picture that holds everything."""

import base64
import io
import zlib

import orjson
import segno
from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe


def server_address(request: HttpRequest) -> str:
    """What is typed into the app; the app adds ``/formList`` and ``/submission`` itself."""
    return request.build_absolute_uri("/openrosa")


def settings_in_words(address: str, username: str, password: str) -> str:
    """What the app reads from a picture: its settings as JSON, deflated, in Base64."""
    wanted = {
        "general": {
            "server_url": address,
            "username": username,
            "password": password,
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
            "app_language": "fr",
        },
        "admin": {},
        "project": {"name": settings.SITE_NAME, "icon": settings.SITE_NAME[:1], "color": "#27348b"},
    }
    return base64.b64encode(zlib.compress(orjson.dumps(wanted))).decode()


def picture(words: str) -> SafeString:
    """A QR code as SVG, drawn here; made of its own path alone."""
    drawn = io.BytesIO()
    segno.make(words, error="l", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, scale=5, border=4, dark="#000", light="#fff", omitsize=True
    )
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 — made of squares
