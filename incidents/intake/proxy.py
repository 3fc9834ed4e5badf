"""The door of those who cannot write to us: somebody with an account enters what they say and reads them the code."""

from incidents.access import may_report_for_others
from incidents.forms.reports import ProxyForm
from incidents.intake.web import said_on
from incidents.models import Door
from incidents.services.errors import NotAllowed
from incidents.services.proxies import note_entry, one_transaction
from incidents.services.reports import Identity, Received, receive_report
from orgs.crypto import keyed_hash
from orgs.policy import Viewer


def receive_for_somebody(form: ProxyForm, *, viewer: Viewer, language: str) -> Received:
    """Take in a valid form. The reporter is the person who spoke, known only by what they chose to give.

    Who enters it is on record beside the report (``ProxyEntry``), never as its reporter.
    """
    if not may_report_for_others(viewer):
        raise NotAllowed
    data = form.cleaned_data
    # Under the number of another's form nobody gets that other's code.
    number = keyed_hash("proxy-form", f"{viewer.user_id}\0{form.renumbered()}")
    with one_transaction():
        received = receive_report(
            door=Door.PROXY,
            external_id=number,
            said=said_on(form),
            identity=Identity(name=data["name"], phone=data["phone"]),
            language=language,
        )
        note_entry(viewer=viewer, report=received.report, way=data["way"])
    return received
