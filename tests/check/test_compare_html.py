"""HTML: its source's layout is noise, its words, numbers and attributes are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL, OutputComparison
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


STYLER = (
    '<style>#T_{0}_row0_col0 {{color: red}}</style><table id="T_{0}"><tr><td id="T_{0}_row0_col0">{1}</td></tr></table>'
)
UUID = "0a1b2c3d-1111-4222-8333-00000000000{}"
PLOTLY = '<div id="{0}"></div><script>Plotly.newPlot("{0}", [{{"x": [1, 2], "y": [0.1, {1}]}}], {{}})</script>'


def test_random_ids_are_noise_and_what_they_name_is_not() -> None:
    found = as_html(STYLER.format("1a2b3", 2), STYLER.format("4c5d6", 2))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["random-id"])
    assert as_html(STYLER.format("1a2b3", 2), STYLER.format("4c5d6", 3)).verdict == DIFFERS
    one, other = UUID.format(1), UUID.format(2)
    assert as_html(PLOTLY.format(one, 0.5), PLOTLY.format(other, 0.5)).noise == ["random-id"]
    assert as_html(PLOTLY.format(one, 0.5), PLOTLY.format(other, 0.6)).summary == "$[0].y[1]: 0.5 → 0.6"


@pytest.mark.parametrize(
    "script",
    [
        'document.getElementById("{0}").append({1});',
        "$('#{0}').text({1})",
        "element.append(\"<div id='{0}'>\", {1})",
        'element.append("<div class=\\"a\\" id=\\"{0}\\">", {1})',
    ],
)
def test_the_id_of_an_element_is_noise_in_a_script_and_what_the_script_says_is_not(script: str) -> None:
    one, other, crossed = (script.format(UUID.format(id), value) for id, value in ((1, 5), (2, 5), (2, 6)))
    found = compared(shown(application_javascript=one), shown(application_javascript=other))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["random-id"])
    assert compared(shown(application_javascript=one), shown(application_javascript=crossed)).verdict == DIFFERS
    data = [shown(application_javascript=f'customer("{UUID.format(id)}")') for id in (1, 2)]
    assert compared(*data).verdict == DIFFERS


def test_a_uuid_that_is_read_is_data() -> None:
    assert as_html(f"<td>{UUID.format(1)}</td>", f"<td>{UUID.format(2)}</td>").verdict == DIFFERS


def test_names_that_are_crossed_differ() -> None:
    crossed = '<p id="{0}">a</p><p id="{1}">b</p><a href="#{2}">to</a>'
    one, other = UUID.format(1), UUID.format(2)
    assert as_html(crossed.format(one, other, one), crossed.format(other, one, other)).verdict == EQUIVALENT
    assert as_html(crossed.format(one, other, one), crossed.format(other, one, one)).verdict == DIFFERS


def test_the_preamble_of_pandas_is_layout() -> None:
    preamble = "<style scoped>.dataframe tbody tr th {vertical-align: top}</style>"
    assert as_html(f"<div>{preamble}{TABLE}</div>", f"<div>{TABLE}</div>").noise == ["layout"]
    assert as_html(f"<div>{preamble}{TABLE}</div>", f"<div>{TABLE.replace('0.92', '0.9')}</div>").verdict == DIFFERS


def test_a_document_in_a_frame_is_compared_as_one() -> None:
    one = f'<iframe srcdoc="&lt;p id=&quot;{UUID.format(1)}&quot;&gt;1&lt;/p&gt;"></iframe>'
    other = one.replace(UUID.format(1), UUID.format(2))
    assert as_html(one, other).verdict == EQUIVALENT
    assert as_html(one, other.replace("1&lt;/p", "2&lt;/p")).verdict == DIFFERS


def test_cells_that_span_others_keep_their_names() -> None:
    pandas = pytest.importorskip("pandas")
    index = pandas.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)])
    columns = pandas.MultiIndex.from_tuples([("loss", "train"), ("loss", "test")])
    frame = pandas.DataFrame([[1, 2], [3, 4], [5, 6]], index, columns)
    changed = frame.copy()
    changed.iloc[1, 1] = 9
    assert as_html(frame._repr_html_(), changed._repr_html_()).summary == "row a, 2, column loss, test: 4 → 9"
    flat = pandas.DataFrame({"n": [1]})
    found = as_html(flat._repr_html_(), flat.assign(new=0)._repr_html_())
    assert found.summary == "2 → 3 columns: new is only in the re-run"


@given(st.lists(st.integers(0, 99), min_size=4, max_size=12), st.data())
def test_a_changed_cell_always_differs(values: list[int], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(values) - 1))
    rows = [f"<tr><th>{i}</th><td>{value}</td></tr>" for i, value in enumerate(values)]
    other = [*rows[:at], f"<tr><th>{at}</th><td>{values[at] + 1}</td></tr>", *rows[at + 1 :]]
    found = as_html(*(f"<table><tr><th></th><th>n</th></tr>{''.join(r)}</table>" for r in (rows, other)))
    assert found.summary == f"row {at}, column n: {values[at]} → {values[at] + 1}"
