"""JSON Schemas of the case files, made from the same shapes that reading checks against."""

from __future__ import annotations

from typing import Any, cast, get_args, get_origin

from pydantic import TypeAdapter

from detente.model.provisions import KINDS, Provision
from detente.reading import shapes
from detente.reading.checking import hints
from detente.reading.record_reader import RecordFile

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def _schema(shape: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of one shape; its inner shapes go into `definitions`."""
    schema = TypeAdapter(shape).json_schema(ref_template="#/$defs/{model}")
    for name, inner in schema.pop("$defs", {}).items():
        definitions.setdefault(name, _written(inner))
    return _written(schema)


def _written(schema: dict[str, Any]) -> dict[str, Any]:
    """As an author writes it: no nulls for optional keys, and `class` for its Python name."""
    properties = schema.get("properties")
    if isinstance(properties, dict):
        if "classification" in properties:
            properties["class"] = properties.pop("classification")
        for value in properties.values():
            value.pop("default", None)
            value.pop("title", None)
            if "anyOf" in value:
                kept = [o for o in value["anyOf"] if o != {"type": "null"}]
                if len(kept) == 1:
                    value.pop("anyOf")
                    value.update(kept[0])
                else:
                    value["anyOf"] = kept
    if schema.get("type") == "object" and "properties" in schema:
        schema["additionalProperties"] = False
    schema.pop("title", None)
    return schema


def _provision(kind: type[Provision], definitions: dict[str, Any]) -> dict[str, Any]:
    schema = _schema(kind, definitions)
    properties = schema["properties"]
    properties.pop("id")
    for name, hint in hints(cast(Any, kind)).items():
        if name not in properties or get_origin(hint) is not tuple:
            continue
        first = get_args(hint)[0]
        if first is str:
            words = {"type": "string"}
            properties[name] = {"anyOf": [words, {"type": "array", "items": words}]}
        elif get_origin(first) is tuple:
            properties[name] = {"type": "object"}
    about = (kind.__doc__ or "").strip().splitlines()[0]
    first_key = {"type": "string", "description": f"The id. {about}"}
    properties["readings"] = {"type": "object", "additionalProperties": {"type": "object"}}
    schema["properties"] = {kind.kind: first_key, **properties}
    required = [kind.kind if r == "id" else r for r in schema.get("required", [])]
    schema["required"] = [kind.kind, *[r for r in required if r != kind.kind]]
    schema["description"] = about
    return schema


def _record(definitions: dict[str, Any]) -> None:
    """Ids that stand as keys, and `from` for its Python name."""
    definitions.pop("Place", None)
    for name in ("RecordDocument", "Question", "Position"):
        definitions[name]["properties"].pop("id")
    content = definitions["Content"]
    content["properties"] = {
        ("from" if k == "since" else k): v for k, v in content["properties"].items()
    }
    content["required"] = ["from" if k == "since" else k for k in content["required"]]
    for schema in definitions.values():
        schema["properties"].pop("place", None)


def schemas() -> dict[str, dict[str, Any]]:
    """One JSON Schema a kind of file: case, sources, systems, inventories, texts, record and so on."""
    found: dict[str, dict[str, Any]] = {}
    files: dict[str, type] = {"case": shapes.CaseShape, **shapes.FOLDERS, "record": RecordFile}
    for name, shape in files.items():
        definitions: dict[str, Any] = {}
        schema = _schema(shape, definitions)
        if name == "texts":
            issue = _schema(shapes.IssueShape, definitions)
            kinds = []
            for kind in KINDS:
                definitions[kind.kind] = _provision(kind, definitions)
                kinds.append({"$ref": f"#/$defs/{kind.kind}"})
            definitions["provision"] = {"oneOf": kinds}
            provisions = {"type": "array", "items": {"$ref": "#/$defs/provision"}}
            schema["properties"]["provisions"] = provisions
            definitions["OptionShape"]["properties"]["provisions"] = provisions
            schema = {"oneOf": [schema, issue]}
        if name == "record":
            _record(definitions)
        about = (shape.__doc__ or "").strip().splitlines()[0]
        found[name] = {
            "$schema": DRAFT,
            "title": f"detente: {name}",
            "description": about,
            **schema,
            "$defs": definitions,
        }
    return found
