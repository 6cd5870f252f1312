"""The same rows in openfisca-core: one variable a count and a slack, ceilings as dated parameters.

Run in an environment of its own; reads the matrix and the scenarios, prints seconds as JSON.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "1982"


def system(A, b, names):
    """A tax-benefit system with the classes as inputs and the limits as formulas."""
    force = build_entity("force", "forces", "A side's force", is_person=True)
    side = build_entity("side", "sides", "side", roles=[{"key": "member"}])
    tbs = TaxBenefitSystem([force, side])
    entity = tbs.entities[0]
    limits = [f"limit_{i}" for i in range(len(b))]
    values = {
        r: {"values": {"1972-01-01": {"value": 1e9}, "1981-01-01": {"value": float(v)}}}
        for r, v in zip(limits, b, strict=True)
    }
    tbs.parameters = ParameterNode("", data=values)

    def add(name, value_type=float, **more):
        base = {"value_type": value_type, "entity": entity, "definition_period": DateUnit.YEAR}
        tbs.add_variable(type(name, (Variable,), {**base, **more}))

    for name in names:
        add(name)
    for i, limit in enumerate(limits):
        weights = {n: float(k) for n, k in zip(names, A[i], strict=True) if k}

        def count(f, period, parameters, weights=weights):
            return sum(k * f(n, period) for n, k in weights.items())

        def slack(f, period, parameters, limit=limit):
            return getattr(parameters(period), limit) - f(f"count_{limit}", period)

        add(f"count_{limit}", formula=count)
        add(f"slack_{limit}", formula=slack)

    def broken(f, period, parameters):
        return sum((f(f"slack_{r}", period) < 0).astype(int) for r in limits)

    add("broken", int, formula=broken)
    return tbs


def main():
    """Time set-up and calculation together, best of three."""
    data = np.load(sys.argv[1])
    names = [str(n) for n in data["names"]]
    X = data["X"]
    tbs = system(data["A"], data["b"], names)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        simulation = SimulationBuilder().build_default_simulation(tbs, count=X.shape[1])
        for name, values in zip(names, X, strict=True):
            simulation.set_input(name, PERIOD, values)
        found = simulation.calculate("broken", PERIOD)
        times.append(time.perf_counter() - start)
        assert (np.asarray(found) == data["expected"]).all(), "answers differ"
    version = importlib.metadata.version("openfisca-core")
    print(json.dumps({"version": version, "seconds": min(times)}))


if __name__ == "__main__":
    main()
