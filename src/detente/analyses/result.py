"""What all results share: they print themselves, show themselves in a notebook, give tables and JSON.

The analyses do not know how results are rendered: the report floor registers a renderer here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Renderer = Callable[["Result", str], str]
_renderer: list[Renderer] = []


def render_with(renderer: Renderer) -> None:
    """Register the function that renders a result in a named format (text, markdown, html, csv)."""
    _renderer[:] = [renderer]


class Result:
    """Mix-in for results of analyses."""

    def records(self) -> list[dict[str, Any]]:
        """The answer as flat rows, one dictionary a row."""
        raise NotImplementedError

    def as_data(self) -> dict[str, Any]:
        """The answer as plain data, in the documented, stable shape of `--format json`."""
        raise NotImplementedError

    def to_json(self, indent: int | None = 2) -> str:
        """The documented JSON text."""
        return json.dumps(self.as_data(), indent=indent, ensure_ascii=False)

    def to_frame(self) -> Any:
        """The rows as a pandas DataFrame (needs the `tables` extra)."""
        import pandas as pd  # type: ignore[import-untyped]

        return pd.DataFrame(self.records())

    def render(self, form: str = "text") -> str:
        """The answer in a form: text, markdown, html or csv."""
        if not _renderer:
            raise RuntimeError("import detente.report before rendering a result")
        return _renderer[0](self, form)

    def __str__(self) -> str:
        return self.render("text") if _renderer else object.__repr__(self)

    def __repr__(self) -> str:
        return str(self).rstrip("\n")

    def _repr_html_(self) -> str:
        return self.render("html")
