"""The rules of text, streams and errors, as the table tells them; the masks themselves are in `noise`."""

from __future__ import annotations

from jupyter_prov.check.compare.rule import Rule

RULES = (
    Rule(
        "terminal",
        "text",
        "Colours, and what `\\r`, `\\b` and codes that move the cursor wiped out: a terminal shows the same.",
        ("10 %\r50 %\r100 %", "\x1b[31m100 %\x1b[0m"),
    ),
    Rule(
        "memory-address",
        "text",
        "An address in a default repr, inside `<…>`; no other hexadecimal number. It is another in every process.",
        ("<A object at 0x7f00deadbeef>", "<A object at 0x7f00deadbee0>"),
    ),
)
