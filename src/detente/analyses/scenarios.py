"""Scenarios: the chance of each verdict where the inventories are not certain, and what moves it.

Many whole forces are drawn from the ranges, totals and rival claims of the inventories (see
`detente.compile.scenarios`), and each is counted as `count` counts it. Texts that are compared are
counted on the same draws. No probability is made up for what nobody knows: whether a weapon belongs
to what a limit counts is answered twice, as if none of the unknown ones counted and as if all did,
unless the request states a chance. See docs/semantics.md, "Scenarios".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from detente.analyses.chances import QUANTILES, Chance, PartyChance, Share
from detente.analyses.compare import Comparison, compare
from detente.analyses.count import Count, count
from detente.analyses.result import Result
from detente.analyses.scenario_run import Run
from detente.compile.distributions import DISTRIBUTIONS, Distribution
from detente.compile.scenarios import OWN, Input, Sampling, exact_cases
from detente.model.amounts import Bound
from detente.model.case import Case
from detente.model.problem import Problem, Refused, did_you_mean

MOST = 100_000_000


# --- the answer -----------------------------------------------------------------------------------
@dataclass(frozen=True, repr=False)
class ScenarioCount(Result):
    """The answer of `count` over scenarios."""

    count: Count
    sampling: Sampling
    draws: str
    inputs: tuple[Input, ...]
    claimants: tuple[str, ...]
    chances: tuple[Chance, ...]
    parties: tuple[PartyChance, ...]

    def chance(self, name: str, party: str) -> Chance:
        """One limit of one party by name; raises KeyError."""
        for found in self.chances:
            if (found.limit.limit, found.limit.party) == (name, party):
                return found
        raise KeyError(f"no limit {name} for {party} in {self.count.text.id}")

    def records(self) -> list[dict[str, Any]]:
        """One row a limit and party."""
        return [self._record(c) for c in self.chances]

    def _record(self, c: Chance) -> dict[str, Any]:
        broken = None if c.not_computed else c.broken
        low, high = broken.interval if broken else (None, None)
        first = c.moved_by[0] if c.moved_by else None
        return {
            "limit": c.limit.limit,
            "title": c.limit.title,
            "party": c.limit.party,
            "site": c.limit.site,
            "at_most": c.limit.at_most,
            "verdict": c.limit.verdict,
            "broken": broken.value if broken else None,
            "broken_low": low,
            "broken_high": high,
            "broken_if_unknown_counts": c.if_counts[c.breach].value if c.if_counts else None,
            **{
                f"counted_{q}": c.quantiles[i] if c.quantiles else None
                for i, q in enumerate(QUANTILES)
            },
            "counted_mean": None if math.isnan(c.mean) else c.mean,
            "moved_most_by": first.what if first else "",
            "swing": first.swing if first else None,
            "scenarios": self.sampling.n,
            "seed": self.sampling.seed,
            "not_computed": c.not_computed,
        }

    def as_data(self) -> dict[str, Any]:
        """The JSON of `count`, with the chances."""
        found = self.count.as_data()
        found["scenarios"] = _scenarios_data(self)
        for limit, c in zip(found["limits"], self.chances, strict=True):
            limit["chance"] = _chance_data(c)
        return found


def _sampling_data(s: Sampling) -> dict[str, Any]:
    """How scenarios were drawn."""
    return {
        "n": s.n,
        "seed": s.seed,
        "distribution": s.distribution,
        "together": s.together,
        "unknown": [{"system": name or None, "chance": chance} for name, chance in s.unknown],
    }


def _scenarios_data(result: ScenarioCount) -> dict[str, Any]:
    """How the scenarios were drawn, from what, and the chance that each party breaks any limit."""
    weights = dict(result.sampling.weights)
    return {
        **_sampling_data(result.sampling),
        "draws": result.draws,
        "claimants": [
            {"by": by or "own", "weight": weights.get(by, 1.0)} for by in result.claimants
        ],
        "inputs": [
            {
                "input": i.key,
                "kind": i.kind,
                "what": i.what,
                "party": i.party,
                "low": i.amount.low,
                "best": i.amount.best,
                "high": i.amount.high,
            }
            for i in result.inputs
        ],
        "by_party": [
            {
                "party": p.party,
                "limits": p.limits,
                "not_computed": p.not_computed,
                "breaks_any": p.broken.as_data(),
                "breaks_any_if_unknown_counts": p.if_counts.as_data() if p.if_counts else None,
            }
            for p in result.parties
        ],
    }


def _chance_data(c: Chance) -> dict[str, Any]:
    if c.not_computed:
        return {"not_computed": c.not_computed}
    found: dict[str, Any] = {
        "verdicts": [{"verdict": v, **s.as_data()} for v, s in c.verdicts.items()],
        "counted": {
            "mean": c.mean,
            **{f"p{q}": v for q, v in zip(QUANTILES, c.quantiles, strict=True)},
        },
        "moved_by": [
            {
                "what": m.what,
                "kind": m.kind,
                "ends": list(m.ends),
                "low": m.low,
                "high": m.high,
                "swing": m.swing,
                "turns": m.turns,
            }
            for m in c.moved_by
        ],
    }
    if c.if_counts:
        found["if_unknown_counts"] = [{"verdict": v, **s.as_data()} for v, s in c.if_counts.items()]
    if c.if_counts_why_not:
        found["if_unknown_counts_not_computed"] = c.if_counts_why_not
    if c.unknown:
        found["unknown"] = list(c.unknown)
    if c.given:
        found["by_claimant"] = [{"by": g.by, "broken": g.broken.as_data()} for g in c.given]
    return found


# --- asking ---------------------------------------------------------------------------------------
def count_scenarios(
    case: Case,
    text: str,
    forces: str | date | Sequence[str],
    scenarios: int = 10_000,
    *,
    seed: int = 0,
    distribution: Distribution = "triangular",
    together: bool = False,
    weigh: Mapping[str, float] | None = None,
    unknown: float | Mapping[str, float] | None = None,
    at: str | date | None = None,
    basis: str | None = None,
    party: str | Sequence[str] | None = None,
    view: str | None = None,
) -> ScenarioCount:
    """Count many forces that the data allow: the chance of each verdict, and what moves it most.

    Args:
        case: the case.
        text: the id of a text.
        forces: a date, or ids of inventories, as in `count`.
        scenarios: how many forces are drawn.
        seed: the same seed gives the same forces.
        distribution: `triangular` or `pert`, the curve over low, best and high.
        together: the ranges of one inventory move together instead of each by itself.
        weigh: claimant -> how much its figures are believed (1 for those not named); `own` is the
            inventory's own figure.
        unknown: the chance that a weapon counts where that is not known: one for all, or system ->
            chance. Without it the answer is given twice, as if none counted and as if all did.
        at: as in `count`.
        basis: as in `count`.
        party: as in `count`.
        view: as in `count`.

    Raises:
        Refused: as `count`; or a number, weight or chance that cannot be.

    """
    sampling = sampling_of(case, scenarios, seed, distribution, together, weigh, unknown)
    result = count(case, text, forces, at=at, basis=basis, party=party, view=view)
    return chances_of(result, sampling)


def sampling_of(
    case: Case,
    scenarios: int,
    seed: int = 0,
    distribution: Distribution = "triangular",
    together: bool = False,
    weigh: Mapping[str, float] | None = None,
    unknown: float | Mapping[str, float] | None = None,
) -> Sampling:
    """A request for scenarios. Raises `Refused` where it cannot be."""
    problems = []

    def refuse(message: str, hint: str = "") -> None:
        problems.append(Problem("E604", message, (), hint))

    if not 1 <= scenarios <= MOST:
        refuse(f"the number of scenarios lies between 1 and {MOST:,}, not at {scenarios:,}")
    if seed < 0:
        refuse(f"a seed cannot be negative ({seed})")
    if distribution not in DISTRIBUTIONS:
        refuse(
            f"unknown distribution '{distribution}'",
            did_you_mean(distribution, DISTRIBUTIONS, "known"),
        )
    claimants = _claimants(case) if weigh else set()
    for by, weight in (weigh or {}).items():
        if by not in (*claimants, "own"):
            refuse(f"nobody of the name '{by}' makes a claim", did_you_mean(by, claimants, "known"))
        if not 0 <= weight < math.inf:
            refuse(f"the weight of {by} cannot be {weight:g}")
    chances = unknown if isinstance(unknown, Mapping) else {} if unknown is None else {"": unknown}
    for name, chance in chances.items():
        if name and name not in case.systems:
            refuse(f"unknown system '{name}'", did_you_mean(name, case.systems, "systems"))
        if not 0 <= chance <= 1:
            refuse(f"a chance lies between 0 and 1, not at {chance:g}")
    if problems:
        raise Refused(problems)
    named = {
        (OWN if by == "own" and by not in claimants else by): w for by, w in (weigh or {}).items()
    }
    return Sampling(
        scenarios,
        seed,
        distribution,
        together,
        tuple(sorted(named.items())),
        tuple(sorted(chances.items())),
    )


def _claimants(case: Case) -> set[str]:
    """All who make a claim about a line of an inventory or the value of a limit."""
    found = {c.by for i in case.inventories.values() for h in i.holdings for c in h.claims}
    for text in case.texts.values():
        for p in text.provisions:
            for _, value in p.values():
                found |= {r.by for b in _bounds_in(value) for r in b.rivals}
    return found


def _bounds_in(value: Any) -> Iterator[Bound]:
    """The bounds that a provision's field holds."""
    if isinstance(value, Bound):
        yield value
        for _, inner in value.by_party:
            yield inner
    for step in getattr(value, "steps", ()):
        yield from _bounds_in(step.bound)


def chances_of(result: Count, sampling: Sampling) -> ScenarioCount:
    """The chances of a count that was made already."""
    run = Run(result, sampling)
    chances, parties = run.answer()
    return ScenarioCount(
        result, sampling, run.digest, run.inputs, run.among.claimants, chances, parties
    )


@dataclass(frozen=True)
class Asked:
    """What a question comes to over scenarios: name -> answer -> share, the most frequent first."""

    sampling: Sampling
    answers: Mapping[str, Mapping[Any, Share]]

    def share(self, name: str, test: Callable[[Any], bool]) -> Share:
        """The share of the answers that pass a test."""
        passed = [s.count for answer, s in self.answers[name].items() if test(answer)]
        return Share(sum(passed), self.sampling.n)

    def quantiles(self, name: str) -> tuple[Any, ...]:
        """Of answers that are numbers, what 5, 50 and 95 per cent of the scenarios do not exceed."""
        found = []
        for percent in QUANTILES:
            left = math.ceil(self.sampling.n * percent / 100)
            for answer in sorted(self.answers[name]):
                left -= self.answers[name][answer].count
                if left <= 0:
                    found.append(answer)
                    break
        return tuple(found)


def over_scenarios(
    case: Case,
    question: Callable[[Case], Mapping[str, object]],
    scenarios: int = 200,
    *,
    seed: int = 0,
    distribution: Distribution = "triangular",
    together: bool = False,
    weigh: Mapping[str, float] | None = None,
) -> Asked:
    """Put any question to many cases in which nothing is uncertain; the share of each answer.

    `question` gets the case of a scenario, in which every inventory holds what was drawn, and gives
    its answers by name. The draws are those of `count_scenarios` with the same seed. Whether a
    weapon belongs to what a limit counts stays not known where it is not.

    Raises:
        Refused: as `count_scenarios`; or whatever the question raises.

    """
    sampling = sampling_of(case, scenarios, seed, distribution, together, weigh)
    tally: dict[str, dict[object, int]] = {}
    for one in exact_cases(case, sampling):
        for name, answer in question(one).items():
            mine = tally.setdefault(name, {})
            mine[answer] = mine.get(answer, 0) + 1
    return Asked(
        sampling,
        {
            name: {a: Share(n, scenarios) for a, n in sorted(mine.items(), key=lambda i: -i[1])}
            for name, mine in tally.items()
        },
    )


# --- comparing ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Change:
    """What an option does to the chance that a limit is broken, scenario by scenario."""

    option: str
    newly_broken: Share
    newly_kept: Share

    @property
    def difference(self) -> float:
        """The chance under the option less that under the baseline."""
        return self.newly_broken.value - self.newly_kept.value

    @property
    def standard_error(self) -> float:
        """Its standard error: both texts were counted on the same scenarios."""
        a, b, n = self.newly_broken.value, self.newly_kept.value, self.newly_broken.of
        if self.newly_broken.certain and self.newly_kept.certain:
            return 0.0
        return math.sqrt(max(0.0, a + b - (a - b) ** 2) / n)


@dataclass(frozen=True)
class Paired:
    """One limit of one party under each text, on the same scenarios; None without such a limit."""

    limit: str
    title: str
    party: str
    under: tuple[Chance | None, ...]
    changes: tuple[Change | None, ...]


@dataclass(frozen=True, repr=False)
class ScenarioComparison(Result):
    """The answer of `compare` over scenarios: the same draws under every text."""

    comparison: Comparison
    counts: tuple[ScenarioCount, ...]
    rows: tuple[Paired, ...]

    @property
    def same_draws(self) -> bool:
        """Whether all texts were counted on the same forces."""
        return len({c.draws for c in self.counts}) == 1

    def records(self) -> list[dict[str, Any]]:
        """One row a limit, party and text."""
        found = []
        for row in self.rows:
            for k, (counted, c) in enumerate(zip(self.counts, row.under, strict=True)):
                change = row.changes[k - 1] if k else None
                usable = c is not None and not c.not_computed
                low, high = c.broken.interval if c and usable else (None, None)
                found.append(
                    {
                        "limit": row.limit,
                        "party": row.party,
                        "text": counted.count.text.id,
                        "broken": c.broken.value if c and usable else None,
                        "broken_low": low,
                        "broken_high": high,
                        "change": change.difference if change else None,
                        "change_standard_error": change.standard_error if change else None,
                        "newly_broken": change.newly_broken.value if change else None,
                        "newly_kept": change.newly_kept.value if change else None,
                    }
                )
        return found

    def as_data(self) -> dict[str, Any]:
        """The JSON of `compare`, with the chances."""
        found = self.comparison.as_data()
        found["scenarios"] = {
            **_sampling_data(self.counts[0].sampling),
            "texts": [{"text": c.count.text.id, "draws": c.draws} for c in self.counts],
            "limits": self.records(),
        }
        return found


def compare_scenarios(
    case: Case,
    baseline: str,
    options: str | Sequence[str],
    forces: str | date,
    scenarios: int = 10_000,
    *,
    seed: int = 0,
    distribution: Distribution = "triangular",
    together: bool = False,
    weigh: Mapping[str, float] | None = None,
    unknown: float | Mapping[str, float] | None = None,
    at: str | date | None = None,
    basis: str | None = None,
    view: str | None = None,
) -> ScenarioComparison:
    """Compare texts on the same scenarios: the draws add nothing to the difference between them.

    Raises:
        Refused: as `count_scenarios`.

    """
    sampling = sampling_of(case, scenarios, seed, distribution, together, weigh, unknown)
    comparison = compare(case, baseline, options, forces, at=at, basis=basis, view=view)
    counts = tuple(chances_of(c, sampling) for c in comparison.counts)
    rows = []
    for m in comparison.measures:
        under = tuple(
            next(
                (
                    c
                    for c in counted.chances
                    if (c.limit.limit, c.limit.party, c.limit.site) == (m.limit, m.party, "")
                ),
                None,
            )
            for counted in counts
        )
        changes = tuple(
            _change(under[0], c, counted.count.text.id, sampling.n)
            for counted, c in zip(counts[1:], under[1:], strict=True)
        )
        rows.append(Paired(m.limit, m.title, m.party, under, changes))
    return ScenarioComparison(comparison, counts, tuple(rows))


def _change(base: Chance | None, option: Chance | None, name: str, n: int) -> Change | None:
    if base is None or option is None or base.not_computed or option.not_computed:
        return None
    before, after = base.broken_bits(n), option.broken_bits(n)
    return Change(
        name,
        Share(int((after & ~before).sum()), n, _sure(option.broken, base.broken)),
        Share(int((before & ~after).sum()), n, _sure(base.broken, option.broken)),
    )


def _sure(broken: Share, kept: Share) -> bool:
    """Whether it is certain how often one text is broken and the other kept in the same scenario."""
    both = broken.certain and kept.certain
    never = broken.certain and not broken.count
    always = kept.certain and kept.count == kept.of
    return both or never or always
