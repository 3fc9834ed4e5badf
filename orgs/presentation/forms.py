"""Forms in the product's look: a renderer for whole forms and fields, and the few widgets that plain HTML lacks.

Widgets' own templates stay Django's, so that the admin keeps its looks.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import ChoiceWidget
from django.utils.functional import cached_property


class Renderer(DjangoTemplates):
    """Renders forms and fields by templates/forms/; set as FORM_RENDERER."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    @cached_property
    def engine(self) -> Any:
        """A template engine that finds our templates, and Django's own for the widgets."""
        folders = [*cast("list[Path]", settings.TEMPLATES[0]["DIRS"]), Path(forms.__file__).parent / "templates"]
        return self.backend({"APP_DIRS": True, "DIRS": folders, "NAME": "passerelle_forms", "OPTIONS": {}})


class _Pictured(ChoiceWidget):
    """Choices as cards with a pictogram over the words. Works without scripts."""

    template_name = "forms/widgets/cards.html"

    def __init__(
        self, attrs: dict[str, Any] | None = None, choices: Any = (), pictograms: Mapping[str, str] | None = None
    ) -> None:
        """Take `pictograms` to name those whose name is not the choice's own value."""
        super().__init__(attrs, choices)
        self.pictograms = dict(pictograms or {})

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["pictogram"] = self.pictograms.get(str(value), str(value))
        return option


class PictureChoice(_Pictured, forms.RadioSelect):
    """One of several, by picture and word."""

    template_name = "forms/widgets/cards.html"


class PictureChoices(_Pictured, forms.CheckboxSelectMultiple):
    """Any of several, by picture and word."""

    template_name = "forms/widgets/cards.html"


class DayInput(forms.DateInput):
    """A day, by the phone's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A day and an hour, by the phone's own calendar and clock."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class CountInput(forms.NumberInput):
    """How many: digits only, none below nought, the number keys of the phone."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"min": 0, "step": 1, "inputmode": "numeric", **(attrs or {})})
