"""Ids made at random, `uuid4()` and `uuid1()`: derived from a constant, or drawn where there are many of them."""

from __future__ import annotations

import ast

from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.import_names import callable_at, dotted, everywhere
from jupyter_prov.fix.source_edits import Edit, Source
from jupyter_prov.record.cause import Cause

_MADE = ("uuid.uuid4", "uuid.uuid1")


def name_ids(scene: Scene, cause: Cause) -> None:
    """Have the ids that the notebook makes come out the same in every run."""
    names = everywhere(scene.draft)
    for cell, source in scene.draft.cells():
        edits, imports = [], []
        for call, repeated in source.calls():
            if dotted(call.func, names) not in _MADE:
                continue
            path = "uuid.UUID" if repeated else "uuid.uuid5"
            found = callable_at(scene.draft, cell, call.lineno, path)
            module = found.name.rpartition(".")[0]
            if not module:  # the function alone was imported, and its module is needed
                found = callable_at(scene.draft, cell, 0, path)
                module = found.name.rpartition(".")[0]
            imports.append(found.imported)
            bits = callable_at(scene.draft, cell, call.lineno, "random.getrandbits")
            imports.append(bits.imported if repeated else "")
            drawn = f"{found.name}(int={bits.name}(128), version=4)"
            named = f"{found.name}({module}.NAMESPACE_OID, {_constant(source, call, cell.id)!r})"
            edits.append(source.instead(call, drawn if repeated else named))
        if edits:
            edits += _imports(source, imports)
            scene.draft.edit(cell, edits, "random", "ids are derived from a constant or drawn with a seed")


def _constant(source: Source, call: ast.Call, cell: str) -> str:
    """What an id is derived from: the name it is given, or the place it stands at."""
    for statement in source.tree.body:
        if isinstance(statement, ast.Assign) and statement.value is call and isinstance(statement.targets[0], ast.Name):
            return f"{statement.targets[0].id} {cell}"
    return f"{cell} {call.lineno}:{call.col_offset}"


def _imports(source: Source, imports: list[str]) -> list[Edit]:
    wanted = [one for one in dict.fromkeys(imports) if one]
    statement = source.statement(None) or source.tree.body[0]
    return [source.above(statement, "\n".join(wanted))] if wanted else []
