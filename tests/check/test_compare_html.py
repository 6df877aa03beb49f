"""HTML: its source's layout is noise, its words, numbers and attributes are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.check.compare.base import DIFFERS, EQUIVALENT, IDENTICAL, OutputComparison
from tests.check.outputs import compared, shown

TABLE = """<table border="1" class="dataframe">
  <thead><tr style="text-align: right;"><th></th><th>n</th><th>acc</th></tr></thead>
  <tbody><tr><th>tree</th><td>3</td><td>0.81</td></tr><tr><th>forest</th><td>4</td><td>0.92</td></tr></tbody>
</table>"""


def as_html(one: str, other: str) -> OutputComparison:
    return compared(shown(text_html=one), shown(text_html=other))


@pytest.mark.parametrize(
    ("noise", "recorded", "rerun"),
    [
        ("layout", "<p>a  b</p>\n<p>c</p>", "<p>\n  a b\n</p><p>c</p>"),
        ("layout", '<a href="x" class="y">t</a>', "<a class='y' href='x'>t</a>"),
        ("layout", "<p>a</p><!-- made at 10:20 -->", "<p>a</p><!-- made at 10:90 -->"),
        ("layout", "<p>a &amp; b</p>", "<p>a &#38; b</p>"),
        ("memory-address", "<td>&lt;A at 0x7f00deadbeef&gt;</td>", "<td>&lt;A at 0x7f00deadbee0&gt;</td>"),
    ],
)
def test_noise_is_named_and_means_nothing(noise: str, recorded: str, rerun: str) -> None:
    found = as_html(recorded, rerun)
    assert (found.verdict, found.noise) == (EQUIVALENT, [noise])


@pytest.mark.parametrize(
    ("recorded", "rerun"),
    [
        ("<p>odds 10:20</p>", "<p>odds 10:90</p>"),
        ('<a href="1">t</a>', '<a href="2">t</a>'),
        ("<b>t</b>", "<i>t</i>"),
        ("<pre>a  b</pre>", "<pre>a b</pre>"),
        ("<pre><b>a  b</b></pre>", "<pre><b>a b</b></pre>"),
        ("<script>x = 1</script>", "<script>x = 2</script>"),
        (
            "<html><head><title>1</title></head><body>t</body></html>",
            "<html><head><title>2</title></head><body>t</body></html>",
        ),
        ("<html><body>t</body></html>1", "<html><body>t</body></html>2"),
        ("<p>a<p><!-- - -->1", "<p>a<p><!-- - -->2"),
        ("<p>\x0b1", "<p>\x0b2"),
        ("<!-- a -->", "<p>a</p>"),
        ("<p>a</p>", ""),
        ("<div>" * 300 + "1", "<div>" * 300 + "2"),
        ("<p>\ud800</p>", "<p>\ud801</p>"),
        ("<?xml version='1.0' encoding='utf-8'?><p>1</p>", "<?xml version='1.0' encoding='utf-8'?><p>2</p>"),
    ],
)
def test_a_real_change_is_never_hidden(recorded: str, rerun: str) -> None:
    assert as_html(recorded, rerun).verdict == DIFFERS
    assert as_html(rerun, recorded).verdict == DIFFERS


@pytest.mark.parametrize(
    ("old", "new", "summary"),
    [
        ("0.92", "0.90", "row forest, column acc: 0.92 → 0.90"),
        (">3<", ">5<", "row tree, column n: 3 → 5"),
        (">acc<", ">f1<", "row 0, column 3: acc → f1"),
        ("forest", "boosting", "row 2, column 1: forest → boosting"),
        ("<td>3</td><td>0.81</td>", "<td>5</td><td>0.82</td>", "row tree, column n: 3 → 5 and 1 more"),
        ("<tr><th>tree</th><td>3</td><td>0.81</td></tr>", "", "3 → 2 rows"),
    ],
)
def test_a_cell_of_a_table_is_named_by_row_and_column(old: str, new: str, summary: str) -> None:
    found = as_html(TABLE, TABLE.replace(old, new))
    assert (found.verdict, found.summary) == (DIFFERS, summary)


def test_of_several_tables_the_one_that_differs_is_told() -> None:
    found = as_html(TABLE * 2, TABLE + TABLE.replace("0.92", "0.90"))
    assert found.summary == "table 2, row forest, column acc: 0.92 → 0.90"


def test_a_change_of_an_attribute_is_told() -> None:
    assert as_html('<a href="1">t</a>', '<a href="2">t</a>').summary.endswith("<a href='1'> → <a href='2'>")


TAGS = st.sampled_from(["p", "b", "div", "td", "table", "tr", "pre", "li", "span", "br", "script"])
MARKUP = st.lists(
    st.builds(lambda tag, text: f"<{tag}>{text}</{tag}>", TAGS, st.text("ab 1<&;\n", max_size=6))
    | st.text("<>/-ab ", max_size=8),
    max_size=6,
).map("".join)


@given(MARKUP)
def test_html_is_identical_to_itself(markup: str) -> None:
    assert as_html(markup, markup).verdict == IDENTICAL


@given(MARKUP, MARKUP)
def test_the_verdict_on_html_is_symmetric(one: str, other: str) -> None:
    assert as_html(one, other).verdict == as_html(other, one).verdict


@given(MARKUP, MARKUP, TAGS)
def test_a_changed_word_always_differs(before: str, after: str, tag: str) -> None:
    one, other = (f"{before}\n<{tag}>{word}</{tag}>{after}" for word in ("old 10:20", "old 10:90"))
    assert as_html(one, other).verdict == DIFFERS
