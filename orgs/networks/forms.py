"""Forms of ties between organisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.models import LinkKind, Organisation, OrganisationLink
from orgs.networks.graph import SAID
from orgs.presentation.forms import DayInput

_FIRST, _SECOND = "out", "in"
WAYS = [
    (f"{kind}:{_FIRST if first else _SECOND}", words)
    for (kind, first), words in SAID.items()
    if first or kind != LinkKind.PARTNER
]
"""Every way to say a tie from one end: "funds:in" is "funded by"."""


class LinkForm(forms.Form):
    """How the organisation of the page is tied to another one, which was looked for before."""

    way = forms.ChoiceField(label=_("How it is tied"), choices=WAYS, widget=forms.RadioSelect)
    other = forms.ModelChoiceField(
        label=_("Other organisation"), queryset=Organisation.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    starts_on = forms.DateField(label=_("Since"), required=False, widget=DayInput)
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=DayInput, help_text=_("Leave empty while it holds.")
    )
    source = forms.CharField(
        label=_("Who says so"), max_length=200, required=False, help_text=_("The body or the text, not a person.")
    )

    def __init__(self, *args: Any, candidates: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other: Any = self.fields["other"]
        other.queryset = Organisation.objects.filter(pk__in=[one.pk for one in candidates])
        other.choices = [(one.pk, one.name) for one in candidates]

    def link_of(self, organisation: Organisation) -> OrganisationLink:
        """The tie that the form says."""
        given = self.cleaned_data
        kind, _sep, way = given["way"].partition(":")
        ends = (organisation, given["other"]) if way == _FIRST else (given["other"], organisation)
        return OrganisationLink(
            organisation=ends[0],
            other=ends[1],
            kind=kind,
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            source=given["source"],
        )
