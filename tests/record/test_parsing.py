"""Python's parser, without its warnings."""

from __future__ import annotations

import ast
import warnings

import pytest

from jupyter_prov.record.quiet_parser import parse, symbols

SOURCE = r"x = '\d'"


def test_a_source_is_parsed_without_a_warning_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(warnings, "showwarning", lambda message, *_: shown.append(str(message)))
    before = warnings._showwarnmsg  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert ast.dump(parse(SOURCE)) == ast.dump(ast.parse(r"x = '\\d'"))
        assert ast.dump(parse(SOURCE[4:], "eval")) == ast.dump(ast.parse(r"'\\d'", mode="eval"))
        assert symbols(SOURCE).lookup("x").is_assigned()
        assert shown == []
        warnings.warn("of somebody else", stacklevel=1)
    assert shown == ["of somebody else"]
    assert warnings._showwarnmsg is before  # type: ignore[attr-defined]


@pytest.mark.parametrize("broken", ["x =", "\0"])
def test_what_does_not_parse_leaves_warnings_as_they_are(broken: str) -> None:
    before = warnings._showwarnmsg  # type: ignore[attr-defined]
    for parser in (parse, symbols):
        with pytest.raises((SyntaxError, ValueError)):
            parser(broken)
    assert warnings._showwarnmsg is before  # type: ignore[attr-defined]
