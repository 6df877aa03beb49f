"""The rules of tables, HTML, pictures, JSON and widgets, for the table of all rules."""

from __future__ import annotations

from jupyter_prov.check.compare.rule_catalog.rule import Rule

RULES = (
    Rule(
        "layout",
        "html",
        "Blanks and line breaks in the source, the order of attributes, comments, and the `<style scoped>` that pandas "
        "puts before a table: a browser shows the same, and no value stands there.",
        ("<p>a</p>\n<p>b</p>", "<p>a</p><p>b</p>"),
    ),
    Rule(
        "random-id",
        "html",
        "Random names (uuids, 32 hexadecimal digits, Styler's `T_1a2b3`, scikit-learn's and bokeh's ids) that name "
        "elements, keys and models, by the order of their first appearance; never in what is read.",
        ('<p id="T_1a2b3">a</p>', '<p id="T_4c5d6">a</p>'),
    ),
    Rule(
        "image-metadata",
        "image",
        "Everything in a picture's file that is not a pixel, and `<metadata>` in SVG: dates and versions of software.",
        ("PNG of matplotlib 3.9", "the same pixels of matplotlib 3.11"),
    ),
    Rule(
        "anti-aliasing",
        "image",
        "Rounding by two levels, and edges smoothed differently where nothing has moved. Where another version drew a "
        "figure, as its file or size says, letters and lines up to two pixels aside; never an area of colour.",
        ("a line", "the line, its edges smoothed differently"),
    ),
    Rule(
        "image-size",
        "image",
        "One or two pixels more or less at the edges: versions of matplotlib crop figures differently.",
        ("534×435 pixels", "534×434 pixels"),
    ),
    Rule(
        "number",
        "json",
        "Numbers within the relative tolerance, also in packed arrays, and a thousandth of a pixel in SVG.",
        ('{"y": [0.30000000000000004]}', '{"y": [0.3]}'),
    ),
    Rule(
        "widget-defaults",
        "widget",
        "Traits that one front end left out of the saved state because they have their default value.",
        ('{"value": 3}', '{"value": 3, "disabled": false}'),
    ),
    Rule(
        "representation",
        "bundle",
        "A poorer representation of a value whose richest one means the same; what differs in it is told.",
        ("text/plain of a figure", "another text/plain of the same figure"),
    ),
)
