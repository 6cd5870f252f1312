"""The values of attributes from plain data, as a case file or a spreadsheet has them."""

from __future__ import annotations

from typing import Any

from detente.model.amounts import Span
from detente.model.dates import When
from detente.model.problem import did_you_mean
from detente.model.systems import Attribute, Value
from detente.model.written import Miswritten, plain


def attribute_value(attribute: Attribute, raw: Any) -> Value:
    """The value of a usable attribute; raises `Miswritten` when it is none."""
    try:
        if attribute.type == "number":
            return Span.parse(raw)
        if attribute.type == "date":
            return When.parse(raw)
    except Miswritten as bad:
        raise Miswritten(f"{attribute.id}: {bad}", bad.code, bad.hint) from None
    if attribute.type == "yes-no":
        if not isinstance(raw, bool):
            raise Miswritten(f"{attribute.id} is true or false, not {plain(raw)}", "E203")
        return raw
    if not isinstance(raw, str):
        raise Miswritten(f"{attribute.id} is a word, not {plain(raw)}", "E203")
    if attribute.type == "choice" and raw not in attribute.choices:
        hint = did_you_mean(raw, attribute.choices, "expected")
        raise Miswritten(f"'{raw}' is not a value of {attribute.id}", "E405", hint)
    return raw
