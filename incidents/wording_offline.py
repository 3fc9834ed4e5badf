"""What the scripts of the pages without network say. ``{n}`` and the like are filled in by the scripts."""

from django.utils.translation import gettext as _

from incidents.models import Refusal


def said_by_every_page() -> dict[str, str]:
    """What every page without network says: of the network, of waiting, of the PIN, of erasing."""
    return {
        "online": _("There is a network. What waits is sent by itself."),
        "offline": _("No network now. Write all the same: nothing is lost, and it is sent when the network is back."),
        "none": _("Nothing waits on this phone."),
        "waits": _("Waits on this phone. Not sent yet."),
        "sending": _("Being sent now…"),
        "next": _("Next try at {time}."),
        "tries": _("Tries until now: {n}."),
        "why_network": _("The network did not carry it."),
        "why_server": _("The other side did not answer as it should."),
        "why_busy": _("Many people are sending just now. Nothing is lost: it waits a moment and goes by itself."),
        "change": _("Change it and send again"),
        "remove": _("Erase from this phone"),
        "remove_sure": _("Really erase? It was not sent."),
        "no_room": _(
            "This phone has no room left. Nothing that waits was lost. Erase what has arrived, then try again."
        ),
        "pin_wrong": _("This is not the PIN of this phone."),
        "pin_short": _("At least 6 digits or letters."),
        "pin_other": _("The two are not the same."),
        "pin_set": _("The PIN is set. It is asked for whenever this page opens."),
        "pin_off": _("The PIN is off."),
        "pin_working": _("One moment…"),
        "without_pin": _(
            "Without a PIN, whoever holds this phone unlocked can open this page and read what waits here. Who copies "
            "the phone with special tools may read it too."
        ),
        "with_pin": _(
            "What waits can be read only with your PIN; nobody can give it back to you. A short PIN can be guessed by "
            "somebody who copies the phone: a longer one protects better. While this page is closed, nothing is sent."
        ),
        "erased": _("Everything is erased from this phone: what was written, what waited, the keys, and this page."),
        "no_store": _(
            "This browser keeps nothing here (private window, or an address without https). Use the ordinary form."
        ),
        "not_installed": _("This page is not on the phone yet: open it once more with a network."),
        "installed": _("This page is on the phone: it opens without network."),
    }


def said_by_scripts() -> dict[str, str]:
    """Every sentence of the scripts of the report's page, in the language in force."""
    refusals = {f"file_{refusal.value}": str(refusal.label) for refusal in Refusal}
    return {
        **said_by_every_page(),
        **refusals,
        "file_gone": _("This file is no longer on this phone."),
        "file_code": _("The report is no longer there."),
        "text_arrived": _("The text has arrived."),
        "all_arrived": _("Everything has arrived."),
        "code": _("Code: {code}"),
        "code_hint": _("Write this code on paper: with it you see what became of your report."),
        "refused": _("It was not taken. Your words are still here."),
        "refused_long": _("The text is too long: 10,000 characters at most."),
        "refused_large": _("The text is too long: 10,000 characters at most."),
        "refused_empty": _("Nothing was said in it."),
        "photo": _("Photo {n}"),
        "voice": _("Voice message {n}"),
        "file_waits": _("{file}: waits"),
        "file_sending": _("{file}: being sent, {share} %"),
        "file_arrived": _("{file}: arrived"),
        "file_refused": _("{file}: not kept. {why}"),
        "saved": _("What you write is kept on this phone as you type."),
        "kept": _("Kept on this phone. It is sent as soon as there is a network."),
        "nothing": _("Choose a picture, write something, or record a voice message first."),
        "many": _("Five photos and voice messages at most."),
        "not_picture": _("This picture cannot be read by this phone. Choose another."),
        "heavy": _("This recording is too heavy."),
        "take_off": _("Take off"),
        "record": _("Record a voice message"),
        "stop": _("Stop: {n} seconds"),
        "no_microphone": _("The phone did not give its microphone."),
        "position_add": _("I am there: add my position"),
        "position_wait": _("Looking for your position…"),
        "position_done": _("Your position is added. It is kept locked away."),
        "position_remove": _("Take my position off"),
        "position_failed": _("Your phone did not give its position. Write the name of the place."),
    }
