"""The form on which a file of sessions is brought."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SessionFileForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx) or CSV, one line for each session. Nothing is kept before you have looked at it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )
