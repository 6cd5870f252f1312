"""Plain data as the YAML that a person would write into a case file."""

from __future__ import annotations

import re
from typing import Any

WIDE = 104
_PLAIN = re.compile(r"[A-Za-z][\w./()+-]*(?: [\w./()+-]+)*$")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


def scalar_yaml(value: Any) -> str:
    """A value on one line, in quotes where YAML needs them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {scalar_yaml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(scalar_yaml, value)) + "]"
    text = str(value)
    if _PLAIN.match(text) and text.lower() not in _WORDS:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def inventory_yaml(name: str, head: dict[str, str], holdings: list[dict[str, Any]]) -> str:
    """An inventories file with one inventory: a line a holding where it fits."""
    lines = ["inventories:", f"  {name}:"]
    lines += [f"    {k}: {scalar_yaml(v) if k != 'date' else v}" for k, v in head.items() if v]
    lines.append("    holdings:")
    for holding in holdings:
        line = f"      - {scalar_yaml(holding)}"
        if len(line) <= WIDE:
            lines.append(line)
            continue
        for i, (key, value) in enumerate(holding.items()):
            lines.append(f"      {'-' if i == 0 else ' '} {key}: {scalar_yaml(value)}")
    return "\n".join(lines) + "\n"
