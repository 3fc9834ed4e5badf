"""A person at a browser without scripts: opens pages, follows links, fills in forms as they stand and presses buttons.

Only what a form really holds is sent, its hidden fields and its CSRF token among it; a field or a button that is not on
the page is an error of the test.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

VOID = frozenset({"input", "link", "meta", "br", "hr", "img", "circle", "path", "use"})
Filled = str | list[str]


def squeezed(text: str) -> str:
    """Words as a person reads them: one space where the source has many, or one that does not break."""
    return re.sub(r"\s+", " ", text).strip()


@dataclass
class Form:
    """One form of a page, with what it would send as it stands."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list["Button"] = field(default_factory=list)
    offered: dict[str, dict[str, str]] = field(default_factory=dict)
    """Values of the choices of a field, by the words beside them."""

    def offer(self, name: str, value: str, *, chosen: bool) -> None:
        held = self.fields.setdefault(name, [])
        if chosen:
            held.append(value)

    def filled(self, given: dict[str, Filled]) -> dict[str, list[str]]:
        """What is sent. Choices are named by their words."""
        sent = {name: list(values) for name, values in self.fields.items()}
        for name, words in given.items():
            assert name in sent, f"{name} is not on the form {self.action}: {sorted(sent)}"
            wanted = words if isinstance(words, list) else [words]
            if offered := self.offered.get(name):
                assert set(wanted) <= set(offered), f"{name}: {wanted} not among {sorted(offered)}"
                wanted = [offered[one] for one in wanted]
            sent[name] = wanted
        return sent


@dataclass
class Button:
    name: str
    value: str
    words: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._button: Button | None = None
        self._select: str = ""
        self._option: list[str] = []
        self._open: tuple[str, list[str]] | None = None
        self._labels: list[tuple[str, list[str]]] = []
        self._inputs: list[tuple[Form, str, str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        reads = {"form": self._begin_form, "input": self._input, "button": self._begin_button, "textarea": self._area}
        if tag in reads:
            reads[tag](given)
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._form is not None:
            self._form.offer(self._select, given.get("value", ""), chosen="selected" in given)
            self._option = [given.get("value", "")]
        elif tag == "a":
            self._open = (given.get("href", ""), [])
        elif tag == "label":
            self._labels.append((given.get("for", ""), []))
            self._open = self._labels[-1]

    def _begin_form(self, given: dict[str, str]) -> None:
        self._form = Form(given.get("action", ""), given.get("method", "get"))
        self.forms.append(self._form)
        self._by_id[given.get("id", "")] = self._form

    def _input(self, given: dict[str, str]) -> None:
        form, name = self._by_id.get(given.get("form", "-"), self._form), given.get("name", "")
        if form is None or not name:
            return
        if given.get("type") in ("radio", "checkbox"):
            value = given.get("value", "on")
            form.offer(name, value, chosen="checked" in given)
            self._inputs.append((form, name, value, given.get("id", "")))
        else:
            form.fields[name] = [given.get("value", "")]

    def _area(self, given: dict[str, str]) -> None:
        if self._form is not None:
            self._form.fields[given["name"]] = [""]
            self._area_of = (self._form, given["name"])

    def _begin_button(self, given: dict[str, str]) -> None:
        form = self._by_id.get(given.get("form", "-"), self._form)
        self._button = Button(given.get("name", ""), given.get("value", ""))
        if form is not None and given.get("type") != "button":
            form.buttons.append(self._button)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "button":
            self._button = None
        elif tag == "select":
            self._choose_first()
        elif tag == "option" and self._form is not None and self._option:
            value, words = self._option[0], squeezed("".join(self._option[1:]))
            self._form.offered.setdefault(self._select, {})[words] = value
            self._option = []
        elif tag == "a" and self._open is not None:
            self.links.setdefault(squeezed("".join(self._open[1])), self._open[0])
            self._open = None
        elif tag == "label":
            self._open = None
        elif tag == "textarea":
            self._area_of = None

    _area_of: tuple[Form, str] | None = None

    def _choose_first(self) -> None:
        """A browser chooses the first option where none is."""
        if self._form is not None and self._select in self._form.fields and not self._form.fields[self._select]:
            self._form.fields[self._select] = list(self._form.offered[self._select].values())[:1]
        self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area_of is not None:
            form, name = self._area_of
            form.fields[name][0] += data.removeprefix("\n") if not form.fields[name][0] else data
            return
        self.words.append(data)
        if self._button is not None:
            self._button.words = squeezed(self._button.words + data)
        if self._option:
            self._option.append(data)
        if self._open is not None:
            self._open[1].append(data)

    def close(self) -> None:
        super().close()
        said = {number: squeezed("".join(words)) for number, words in self._labels}
        for form, name, value, number in self._inputs:
            form.offered.setdefault(name, {})[said.get(number) or value] = value


class Visitor:
    """One person, with cookies of their own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx.Client(
            base_url=url, follow_redirects=True, timeout=30, headers={"Accept-Language": "fr", "Accept": "text/html"}
        )
        self.path = "/"
        self.html = ""
        self.text = ""
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}

    def open(self, address: str, *, status: int = 200) -> str:
        """Open an address of the site; give what it says."""
        return self._take(self.client.get(urljoin(self.url, address)), status)

    def follow(self, words: str) -> str:
        """Follow the first link whose words hold these."""
        found = [address for said, address in self.links.items() if words in said]
        assert found, f"no link {words!r} on {self.path}: {sorted(self.links)}"
        return self.open(urljoin(f"{self.url}{self.path}", found[0]))

    def press(self, words: str, /, *, to: str = "", status: int = 200, **given: Filled) -> str:
        """Fill in the form that has this button (and leads to an address with ``to`` in it), and press the button."""
        form, button = self._find(words, to)
        sent = form.filled(given)
        if button.name:
            sent[button.name] = [button.value]
        target = urljoin(f"{self.url}{self.path}", form.action)
        headers = {"Referer": f"{self.url}{self.path}", "Origin": self.url}
        return self._take(self.client.post(target, data=sent, headers=headers), status)

    def has_button(self, words: str) -> bool:
        return any(words in button.words for form in self.forms for button in form.buttons)

    def _find(self, words: str, to: str) -> tuple[Form, Button]:
        found = [
            (form, button)
            for form in self.forms
            for button in form.buttons
            if words in button.words and to in form.action
        ]
        buttons = [(form.action, button.words) for form in self.forms for button in form.buttons]
        assert found, f"no button {words!r} on {self.path}: {buttons}"
        return found[0]

    def _take(self, answer: httpx.Response, status: int) -> str:
        reader = _Reader()
        reader.feed(answer.text)
        reader.close()
        self.path = answer.url.raw_path.decode()
        self.html, self.forms, self.links = answer.text, reader.forms, reader.links
        self.text = squeezed(" ".join(reader.words))
        assert answer.status_code == status, f"{answer.request.method} {answer.url}: {answer.status_code}\n{self.text}"
        assert '<html lang="fr"' in answer.text, f"{answer.url} is not in French"
        return self.text

    def close(self) -> None:
        self.client.close()
