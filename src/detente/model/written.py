"""Values that a case file may write in several short forms.

A class that mixes in `Written` says in `parse` how plain data (numbers, text, lists, mappings)
becomes a value, and in `json_schema` what an editor should accept. `parse` raises `Miswritten`
with a message for the person who wrote the file.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self


class Miswritten(ValueError):
    """Plain data that does not say a valid value; the code is one of the catalogue's.

    `path` leads from the value to the part of it that is wrong, `key` says that it is the key.
    """

    def __init__(
        self,
        message: str,
        code: str = "E203",
        hint: str = "",
        path: tuple[str | int, ...] = (),
        key: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.path = path
        self.key = key

    def within(self, *path: str | int) -> Miswritten:
        """The same, for a value that stands inside another at `path`."""
        return Miswritten(str(self), self.code, self.hint, (*path, *self.path), self.key)


class Written:
    """Mix-in for values with a `parse` of their own."""

    written_schema: ClassVar[dict[str, Any]] = {}

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Make the value from plain data; raise `Miswritten` when it does not say one."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(cls.checked)

    @classmethod
    def checked(cls, raw: Any) -> Self:
        """The value as `parse` gives it; what is miswritten, as an error of pydantic's."""
        if isinstance(raw, cls):
            return raw
        try:
            return cls.parse(raw)
        except Miswritten as bad:
            from pydantic_core import PydanticCustomError

            found = {
                "message": str(bad),
                "code": bad.code,
                "hint": bad.hint,
                "path": bad.path,
                "key": bad.key,
            }
            raise PydanticCustomError("miswritten", "{message}", found) from None

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return dict(cls.written_schema)


def plain(raw: object) -> str:
    """How a miswritten value is quoted in a message: short, on one line."""
    text = "nothing" if raw is None else repr(raw) if isinstance(raw, str) else str(raw)
    if isinstance(raw, bool):
        text = "true" if raw else "false"
    return text if len(text) <= 60 else text[:57] + "..."
