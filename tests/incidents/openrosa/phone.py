"""A phone with ODK Collect, as far as a server can tell."""

import hashlib
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from incidents.services.doors import Credentials, make_device
from orgs.models import Organisation, Role
from orgs.policy import Viewer
from tests.factories import OrganisationFactory, viewer

NAMESPACES = {
    "list": "http://openrosa.org/xforms/xformsList",
    "manifest": "http://openrosa.org/xforms/xformsManifest",
    "answer": "http://openrosa.org/http/response",
}
VERSION = {"X-OpenRosa-Version": "1.0", "Date": "Sat, 28 Nov 2026 03:15:00 GMT+00:00"}


def coordinator() -> Viewer:
    """A coordinator of Koro."""
    return viewer(Role.COORDINATOR, "Koro")


def device(organisation: Organisation | None = None, **fields: Any) -> Credentials:
    """Credentials of a phone of an organisation in Koro."""
    given = organisation or OrganisationFactory.create(areas=["Koro"])
    return make_device(viewer=coordinator(), label="Phone 1", organisation=given, **fields)


def filled(*, instance: str = "", meta: str = "plain", deprecated: str = "", form: str = "", **answers: Any) -> bytes:
    """The XML of a filled-in form."""
    told = {"what": "threat", "where": "Dioura", "when": "2026-11-02", "words": "Ils ont menacé.", **answers}
    number = instance or f"uuid:{uuid.uuid4()}"
    prefix = "orx:" if meta == "orx" else ""
    old = f"<{prefix}deprecatedID>{deprecated}</{prefix}deprecatedID>" if deprecated else ""
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in told.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><data xmlns:orx="http://openrosa.org/xforms" '
        f'id="{form or "passerelle_incident"}" version="1">{fields}'
        f"<{prefix}meta><{prefix}instanceID>{number}</{prefix}instanceID>{old}</{prefix}meta></data>"
    ).encode()


@dataclass
class Phone:
    """Signs in by Digest, as Collect does: asks first, then proves itself."""

    username: str
    password: str
    client: Client = field(default_factory=Client)
    nonce: str = ""
    count: int = 0

    @classmethod
    def of(cls, made: Credentials) -> "Phone":
        return cls(made.username, made.password)

    def ask(self, method: str, path: str, data: Any = None, **more: Any) -> Any:
        """One call with proof."""
        if not self.nonce:
            challenge = self.client.generic("HEAD", path)["WWW-Authenticate"]
            self.nonce = re.search(r'nonce="([^"]+)"', challenge)[1]  # type: ignore[index]
        headers = {**VERSION, "Authorization": self.proof(method, path), **more.pop("headers", {})}
        if method == "POST":
            return self.client.post(path, data, headers=headers, **more)
        return self.client.generic(method, path, headers=headers, **more)

    def proof(self, method: str, path: str, *, qop: bool = True, realm: str = "Passerelle") -> str:
        """The header that proves who calls."""
        self.count += 1
        nc, cnonce = f"{self.count:08x}", "abcdef"
        ha1 = _md5(f"{self.username}:{realm}:{self.password}")
        ha2 = _md5(f"{method}:{path}")
        middle = f"{nc}:{cnonce}:auth:" if qop else ""
        response = _md5(f"{ha1}:{self.nonce}:{middle}{ha2}")
        rest = f', qop=auth, nc={nc}, cnonce="{cnonce}"' if qop else ""
        return (
            f'Digest username="{self.username}", realm="{realm}", nonce="{self.nonce}", uri="{path}", '
            f'response="{response}"{rest}'
        )

    def send(self, xml: bytes, files: dict[str, bytes] | None = None, **fields: Any) -> Any:
        """Send a form."""
        parts: dict[str, Any] = {"xml_submission_file": SimpleUploadedFile("form.xml", xml, "text/xml"), **fields}
        parts |= {name: SimpleUploadedFile(name, data, "image/jpeg") for name, data in (files or {}).items()}
        return self.ask("POST", "/openrosa/submission", parts)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
