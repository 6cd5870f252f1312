"""How each kind of case file is written: the keys of every mapping, for checking and for editors.

The shapes are plain dataclasses; where a model class is written exactly as it is held, the model
class itself is the shape. pydantic checks values against them, and the JSON Schemas that editors
use come from the same classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from detente.model.amounts import Amount
from detente.model.candidates import Figure
from detente.model.cites import Cites, Confidence
from detente.model.claims import Claim
from detente.model.dates import Period, When
from detente.model.lenses import Power
from detente.model.provisions import Binding
from detente.model.systems import AttributeType


@dataclass(frozen=True, kw_only=True)
class PartyShape:
    """A party in case.yaml."""

    title: str


@dataclass(frozen=True, kw_only=True)
class ZoneShape:
    """A zone in case.yaml; `within` names the zone around it."""

    title: str = ""
    within: str = ""


@dataclass(frozen=True, kw_only=True)
class ViewShape:
    """A named choice of readings ({provision: reading}) and of claimants whose figures to take."""

    title: str = ""
    readings: dict[str, str] | None = None
    claims: list[str] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class BriefShape:
    """What `detente brief` compares when it is not told."""

    baseline: str
    option: str
    forces: When
    at: When | None = None


@dataclass(frozen=True, kw_only=True)
class LetterShape:
    """A letter or proposal to answer: its document in the record, the text that it proposes, and
    what `detente brief --letter` lays side by side (texts, or text@view)."""

    document: str
    title: str = ""
    text: str = ""
    baseline: str = ""
    options: list[str] | None = None
    forces: str = ""
    at: When | None = None
    since: When | None = None
    toward: str = ""
    look_back: list[When] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseShape:
    """case.yaml: title, parties, libraries used, views, and what the brief compares."""

    case: str
    title: str
    parties: dict[str, PartyShape]
    about: str = ""
    uses: list[str] | None = None
    groups: dict[str, list[str]] | None = None
    zones: dict[str, ZoneShape] | None = None
    views: dict[str, ViewShape] | None = None
    letters: dict[str, LetterShape] | None = None
    brief: BriefShape | None = None


@dataclass(frozen=True, kw_only=True)
class SourceShape:
    """A document, data set or page."""

    title: str
    grade: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class BasisShape:
    """What exactly an inventory counts."""

    counts: str
    leaves_out: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AttributeShape:
    """An attribute that systems may have."""

    type: AttributeType
    title: str = ""
    choices: list[str] | None = None
    unit: str = ""
    quality: bool = False
    carries: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SystemShape:
    """A system; every key of `class` and of the fact groups must be a declared attribute."""

    name: str
    party: str
    variant_of: str | list[str] = ""
    # `class` is a Python keyword; the reader renames it
    classification: dict[str, Any] | None = None
    facts: list[dict[str, Any]] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ClaimShape:
    """A rival figure."""

    by: str
    number: Amount
    source: Cites
    date: When | None = None
    confidence: Confidence = "verified"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TakenAsShape:
    """A category a holding is taken to belong to, or not."""

    category: str
    source: Cites
    member: bool = True


@dataclass(frozen=True, kw_only=True)
class HoldingShape:
    """One line of an inventory."""

    system: str
    source: Cites
    number: Amount | None = None
    confidence: Confidence = "verified"
    state: str = ""
    zone: str = ""
    place: str = ""
    activity: Literal["developed", "flight-tested", "produced", "deployed"] = "deployed"
    quantity: str = "held"
    carrier: str = ""
    launcher: str = ""
    attributes: dict[str, Any] | None = None
    events: dict[str, When] | None = None
    claims: list[ClaimShape] | None = None
    closes_on: str = ""
    taken_as: list[TakenAsShape] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PublishedShape:
    """A printed total, recomputed by the checker and never repaired."""

    id: str
    figure: Amount
    where: str
    source: Cites
    title: str = ""
    confidence: Confidence = "verified"
    declared: bool = False
    spread: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class InventoryShape:
    """What a party holds at a date on a basis."""

    party: str
    date: When
    basis: str
    title: str
    leaves_out: str = ""
    holdings: list[HoldingShape] | None = None
    published: list[PublishedShape] | None = None
    converted_from: str = ""
    conversion: str = ""
    notes: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class AssumedForce:
    """An entry into force that the case assumes."""

    assumed: When


@dataclass(frozen=True, kw_only=True)
class TextShape:
    """A treaty, draft, note or proposal."""

    text: str
    title: str
    date: When
    parties: list[str] | None = None
    by: str = "joint"
    status: str = ""
    binding: Binding | None = None
    counts: str = ""
    entry_into_force: Any = None
    period: Period | None = None
    suspended: When | None = None
    groups: dict[str, list[str]] | None = None
    based_on: str = ""
    includes: list[str] | None = None
    chooses: dict[str, Any] | None = None
    drops: list[str] | None = None
    changes: list[Any] | None = None
    provisions: list[Any] | None = None
    source: Cites | None = None
    about: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class OptionShape:
    """An option of an issue."""

    title: str = ""
    provisions: list[Any] | None = None


@dataclass(frozen=True, kw_only=True)
class IssueShape:
    """A question a text must settle."""

    issue: str
    title: str = ""
    options: dict[str, OptionShape] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PieceShape:
    """What one weapon is worth by a measure: factor × attributes to their powers, where it applies."""

    where: str = ""
    factor: int | float = 1
    powers: dict[str, Power] | None = None
    needs: list[str] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class MeasureShape:
    """A way to weigh forces; of each weapon the first piece that applies counts."""

    title: str
    unit: str
    each: list[PieceShape]
    formula: str = ""
    about: str = ""
    source: Cites | None = None
    confidence: Confidence = "verified"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AdditionShape:
    """Weapons that a lens counts beside the text, reckoned to one side."""

    title: str
    to: str
    where: str
    basis: str | list[str]
    of: str | list[str] = ""
    weight: int | float = 1
    source: Cites | None = None
    confidence: Confidence = "verified"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class LensShape:
    """What a side counts when it speaks of equality."""

    title: str
    by: str = ""
    limit: str = ""
    includes: str | list[str] = ""
    adds: list[AdditionShape] | None = None
    leaves_out: str = ""
    claims: list[str] | None = None
    trusts: list[str] | None = None
    not_computed: list[str] | None = None
    source: Cites | None = None
    confidence: Confidence = "verified"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SourcesFile:
    """sources/*.yaml."""

    sources: dict[str, SourceShape]


@dataclass(frozen=True, kw_only=True)
class PartiesFile:
    """parties/*.yaml: what a library shares; a case names its own in case.yaml."""

    parties: dict[str, PartyShape]


@dataclass(frozen=True, kw_only=True)
class BasesFile:
    """bases/*.yaml."""

    bases: dict[str, BasisShape]


@dataclass(frozen=True, kw_only=True)
class AttributesFile:
    """attributes/*.yaml."""

    attributes: dict[str, AttributeShape]


@dataclass(frozen=True, kw_only=True)
class SystemsFile:
    """systems/*.yaml."""

    systems: dict[str, SystemShape]


@dataclass(frozen=True, kw_only=True)
class InventoriesFile:
    """inventories/*.yaml."""

    inventories: dict[str, InventoryShape]


@dataclass(frozen=True, kw_only=True)
class ClaimsFile:
    """claims/*.yaml: what a document claims, each bound to the analyses that test it."""

    claims: dict[str, Claim]


@dataclass(frozen=True, kw_only=True)
class CandidateShape:
    """A weapon that a side could add: from when, how many a year, how many in all, what it carries."""

    title: str
    party: str
    system: str
    source: Cites | None = None
    confidence: Confidence = "verified"
    programme: str = ""
    starts: When | None = None
    rate: Figure | None = None
    most: Figure | None = None
    converts: str = ""
    carries: list[str] | None = None
    capacity: Figure | None = None
    load_carrier: str = ""
    state: str = ""
    zone: str = ""
    place: str = ""
    carrier: str = ""
    launcher: str = ""
    attributes: dict[str, Any] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ProgrammeShape:
    """Candidates that belong to one argument, and what it was said to come to."""

    title: str
    source: Cites | None = None
    confidence: Confidence = "verified"
    keeps: str = ""
    measure: str = ""
    said: Figure | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class CandidatesFile:
    """candidates/*.yaml: what each side could add, and the programmes of an argument."""

    candidates: dict[str, CandidateShape]
    programmes: dict[str, ProgrammeShape] | None = None


@dataclass(frozen=True, kw_only=True)
class LensesFile:
    """lenses/*.yaml: measures by which forces are weighed, and what each side counts."""

    measures: dict[str, MeasureShape] | None = None
    lenses: dict[str, LensShape] | None = None


# folder of a case -> shape of the files in it (texts hold one text or issue a document)
FOLDERS: dict[str, type] = {
    "parties": PartiesFile,
    "sources": SourcesFile,
    "bases": BasesFile,
    "attributes": AttributesFile,
    "systems": SystemsFile,
    "inventories": InventoriesFile,
    "candidates": CandidatesFile,
    "texts": TextShape,
    "claims": ClaimsFile,
    "lenses": LensesFile,
}


@cache
def keys_of(file: type) -> dict[str, type]:
    """The keys that a file holds definitions under, each with the shape of one definition."""
    found = {}
    for key, hint in get_type_hints(file).items():
        options = get_args(hint) if NoneType in get_args(hint) else (hint,)
        for option in options:
            if get_origin(option) is dict:
                found[key] = get_args(option)[1]
    return found


# folders that later readers own; their presence is no problem
LATER_FOLDERS = ("events",)
