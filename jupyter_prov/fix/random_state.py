"""`random_state=` for calls of pandas and scikit-learn that draw from numpy's global generator."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.global_seeds import Draw
from jupyter_prov.fix.import_names import dotted, everywhere
from jupyter_prov.fix.source_edits import Edit, Source, first_line

_TAKING = frozenset(
    (
        "train_test_split shuffle resample make_classification make_regression make_blobs make_moons make_circles "
        "RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor KMeans MiniBatchKMeans "
        "DecisionTreeClassifier DecisionTreeRegressor GradientBoostingClassifier GradientBoostingRegressor "
        "BaggingClassifier BaggingRegressor AdaBoostClassifier AdaBoostRegressor MLPClassifier MLPRegressor "
        "SGDClassifier SGDRegressor TSNE NMF IsolationForest GaussianMixture ShuffleSplit StratifiedShuffleSplit "
        "RandomizedSearchCV permutation_importance"
    ).split()
)
"""What of scikit-learn takes `random_state`, of what draws most."""
_COMMENT = re.compile("#.*")
_CLOSED = re.compile(r"(?:[\s)]*\))?")
"""The end of an argument that stands in parentheses of its own."""


def give_random_state(draft: Draft, draws: Sequence[Draw]) -> bool:
    """Give the calls that draw a `random_state`, if that is all it takes and less than a seed; whether it was done."""
    names = everywhere(draft)
    if len(draws) > 1 and "numpy" in names.values():
        return False
    edits: list[tuple[Draw, list[Edit]]] = []
    for draw in draws:
        cell, source, line = draw
        found = _edits(source, line, names) if line and cell.id not in draft.seed_only else []
        if not found:
            return False
        edits.append((draw, found))
    for (cell, _, _), found in edits:
        draft.edit(cell, found, "random", "the call that draws gets a random_state")
    return bool(edits)


def _edits(source: Source, line: int, names: Mapping[str, str]) -> list[Edit]:
    """Edits for the calls in a line's statements; none where something else may draw there as well."""
    calls = list(source.calls(line))
    if any(dotted(call.func, names).startswith("numpy.random") for call, _ in calls):
        return []
    taking = [(call, repeated) for call, repeated in calls if _takes(call, names)]
    if any(repeated for _, repeated in taking) or _is_unclear(source, line):
        return []
    return [_argument(source, call) for call, _ in taking]


def _takes(call: ast.Call, names: Mapping[str, str]) -> bool:
    if any(keyword.arg in ("random_state", None) for keyword in call.keywords):
        return False
    path = dotted(call.func, names)
    if path.startswith("sklearn."):
        return path.rpartition(".")[2] in _TAKING
    return isinstance(call.func, ast.Attribute) and call.func.attr == "sample" and not path


def _is_unclear(source: Source, line: int) -> bool:
    return sum(first_line(one) <= line <= (one.end_lineno or 0) for one in source.tree.body) > 1


def _argument(source: Source, call: ast.Call) -> Edit:
    """One more argument at the end of a call."""
    closing = source.span(call)[1] - 1
    given = [source.span(one)[1] for one in [*call.args, *(keyword.value for keyword in call.keywords)]]
    behind = source.text[max(given) : closing] if given else ""
    if not given or "," in _COMMENT.sub("", behind):
        return Edit(closing, closing, "random_state=0")
    end = max(given) + len(_CLOSED.match(behind)[0])  # type: ignore[index]
    return Edit(end, end, ", random_state=0")
