"""Check plain values against a shape and report every mismatch at its place in the file.

A shape is a dataclass; pydantic's core checks values against its types, of which only the few
that files can hold are known here (see `_core`). Words are not taken for numbers or yes and no.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic_core import ErrorDetails, SchemaValidator, ValidationError
from pydantic_core import core_schema as core

from detente.model.problem import Place, Problem, did_you_mean
from detente.model.written import Written, plain

Locate = Callable[[tuple[str | int, ...], bool], Place]
"""Gives the place of a path in the file: of its value, or of its key when the flag is set."""

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "keys and values",
    "dataclass_type": "keys and values",
    "tuple_type": "a list",
}


@lru_cache(maxsize=256)
def validator(shape: type) -> SchemaValidator:
    """What checks plain data against a shape and builds its value, unknown keys forbidden."""
    return SchemaValidator(_core(shape))


_PLAIN: dict[Any, Callable[[], core.CoreSchema]] = {
    str: core.str_schema,
    int: lambda: core.int_schema(strict=True),
    float: lambda: core.float_schema(strict=True),
    bool: lambda: core.bool_schema(strict=True),
    Any: core.any_schema,
}


def _core(hint: Any) -> core.CoreSchema:
    """The schema of a type that a field of a shape may have."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]()
    if isinstance(hint, type) and issubclass(hint, Written):
        return core.no_info_plain_validator_function(hint.checked)
    if isinstance(hint, type) and is_dataclass(hint):
        return _fields(hint)
    if origin is Literal:
        return core.literal_schema(list(inner))
    if origin in (Union, types.UnionType):
        kept = [option for option in inner if option is not types.NoneType]
        schema = _core(kept[0]) if len(kept) == 1 else core.union_schema([*map(_core, kept)])
        return core.nullable_schema(schema) if len(kept) < len(inner) else schema
    if origin is list:
        return core.list_schema(_core(inner[0]))
    if origin in (dict, Mapping):
        return core.dict_schema(core.str_schema(), _core(inner[1]))
    if origin is tuple and inner[1:] == (...,):
        return core.tuple_schema([_core(inner[0])], variadic_item_index=0)
    if origin is tuple:
        return core.tuple_schema([_core(part) for part in inner])
    raise TypeError(f"a file cannot hold a {hint}")


def _fields(shape: type) -> core.CoreSchema:
    """The schema of a dataclass: the fields that an author may write."""
    known = hints(shape)
    written: list[Field[Any]] = [f for f in fields(shape) if f.init]
    return core.dataclass_schema(
        shape,
        core.dataclass_args_schema(
            shape.__name__,
            [core.dataclass_field(f.name, _field(f, known[f.name])) for f in written],
        ),
        [f.name for f in written],
        config=core.CoreConfig(extra_fields_behavior="forbid"),
    )


def _field(f: Field[Any], hint: Any) -> core.CoreSchema:
    if f.default is not MISSING:
        return core.with_default_schema(_core(hint), default=f.default)
    if f.default_factory is not MISSING:
        return core.with_default_schema(_core(hint), default_factory=f.default_factory)
    return _core(hint)


@lru_cache(maxsize=256)
def hints(shape: Any) -> dict[str, Any]:
    """The types of a dataclass's fields that an author may write."""
    resolved = get_type_hints(shape)
    return {f.name: resolved[f.name] for f in fields(shape) if f.init}


@lru_cache(maxsize=256)
def _forms(shape: type) -> tuple[frozenset[str], frozenset[str]]:
    """Keys that hold a list of words, and keys that hold a mapping kept as pairs."""
    words, pairs = set(), set()
    for name, hint in hints(shape).items():
        if get_origin(hint) is tuple:
            first = get_args(hint)[0]
            if first is str:
                words.add(name)
            elif get_origin(first) is tuple:
                pairs.add(name)
    return frozenset(words), frozenset(pairs)


def _inner(hint: Any, part: str | int) -> Any:
    """The type one step down a path; None when it is not a declared one."""
    if get_origin(hint) in (Union, types.UnionType):
        for option in get_args(hint):
            found = _inner(option, part)
            if found is not None:
                return found
        return None
    if isinstance(hint, type) and is_dataclass(hint):
        return hints(hint).get(str(part))
    if get_origin(hint) is list:
        return get_args(hint)[0]
    if get_origin(hint) is dict:
        return get_args(hint)[1]
    return None


def _keys_at(shape: Any, path: tuple[str | int, ...]) -> list[str]:
    hint: Any = shape
    for part in path:
        hint = _inner(hint, part)
    options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    for option in options:
        if isinstance(option, type) and is_dataclass(option):
            return list(hints(option))
    return []


def check(shape: type, raw: Any, locate: Locate) -> tuple[Any | None, list[Problem]]:
    """The value of a shape, or None with the problems; never raises for what a user wrote.

    For convenience one word may stand where a list of words is meant.
    """
    if isinstance(raw, dict):
        words, pairs = _forms(shape)
        raw = dict(raw)
        for key in words & raw.keys():
            if isinstance(raw[key], str):
                raw[key] = [raw[key]]
        for key in pairs & raw.keys():
            if isinstance(raw[key], dict):
                raw[key] = [
                    (k, [v] if isinstance(v, str) and shape.__name__ == "Menu" else v)
                    for k, v in raw[key].items()
                ]
    try:
        return validator(shape).validate_python(raw), []
    except ValidationError as bad:
        problems = [_problem(shape, e, locate) for e in bad.errors()]
        return None, list(dict.fromkeys(problems))


def _problem(shape: type, error: ErrorDetails, locate: Locate) -> Problem:
    path = tuple(p for p in error["loc"] if not (isinstance(p, str) and _tag(p)))
    kind = error["type"]
    context = error.get("ctx", {})
    if kind == "unexpected_keyword_argument" or kind == "extra_forbidden":
        key = str(path[-1])
        hint = did_you_mean(key, [_yaml_key(k) for k in _keys_at(shape, path[:-1])], "keys")
        if re.fullmatch(r"\d{3}", key):
            hint = "numbers are written without thousands separators: 1200, not 1,200"
        return Problem("E201", f"unknown key '{key}'", (locate(path, True),), hint)
    if kind in ("missing", "missing_argument", "missing_keyword_only_argument"):
        key = _yaml_key(str(path[-1]))
        return Problem("E202", f"the key '{key}' is missing", (locate(path[:-1], False),))
    where = locate(path, False)
    if kind == "literal_error":
        words = [
            w.strip("'") for w in str(context.get("expected", "")).replace(" or ", ", ").split(", ")
        ]
        hint = did_you_mean(str(error["input"]), words, "expected")
        return Problem("E204", f"{plain(error['input'])} is not known here", (where,), hint)
    if kind == "miswritten":
        message = str(context["message"])
        where = locate((*path, *context["path"]), context["key"])
        return Problem(str(context["code"]), message, (where,), str(context["hint"]))
    wanted = _EXPECTED.get(kind)
    found = (
        plain(error["input"]) if not isinstance(error["input"], dict | list) else "keys and values"
    )
    if isinstance(error["input"], list):
        found = "a list"
    message = f"expected {wanted}, found {found}" if wanted else str(error["msg"])
    return Problem("E203", message, (where,))


def _yaml_key(key: str) -> str:
    return "class" if key == "classification" else key


def _tag(part: str) -> bool:
    """Whether a part of a pydantic path is a union's tag rather than a key."""
    return part.startswith(("function-", "lax-or", "chain", "is-instance")) or part in (
        "list[str]",
        "Amount",
        "Bound",
    )
