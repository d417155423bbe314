"""Choices as large steps, one tap each: pills, the eleven steps of a scale, yes or no with "not known"."""

from __future__ import annotations

from typing import Any

from django import forms


class Form(forms.Form):
    """A form whose labels are sentences: no colon is put behind them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class ModelForm(forms.ModelForm):
    """The same for a form over a table."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class Pills(forms.RadioSelect):
    """Radio buttons as a row of large steps."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"class": "pills", **(attrs or {})}, choices)


class Steps(Pills):
    """Eleven steps, 0 to 10."""

    TEN = [(n, str(n)) for n in range(11)]

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = TEN) -> None:
        super().__init__({"class": "pills steps", **(attrs or {})}, choices)


class Flag(forms.TypedChoiceField):
    """Yes, no, or not said (None): a flag that is never filled in beforehand."""

    def __init__(self, *, choices: Any = (("True", "Yes"), ("False", "No")), **kwargs: Any) -> None:
        kwargs.setdefault("widget", Pills)
        super().__init__(choices=choices, coerce=lambda text: text == "True", empty_value=None, required=False, **kwargs)
