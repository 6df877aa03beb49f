"""Tables by pandas, and the databases and workbooks beside it."""

from __future__ import annotations

from benchmarks.io_calls.call import Call, read, write
from benchmarks.io_calls.inputs import FRAME, INPUTS

_PANDAS = "import pandas as pd\n"
_ENGINE = "from sqlalchemy import create_engine\nengine = create_engine('sqlite:///{}')\n"

TABLES = (
    read("pandas.read_csv", "in.csv", _PANDAS + "df = pd.read_csv('in.csv')", "pandas"),
    read("pandas.read_csv, gzip", "in.csv.gz", _PANDAS + "df = pd.read_csv('in.csv.gz')", "pandas"),
    read("pandas.read_csv, engine pyarrow", "in.csv", _PANDAS + "df = pd.read_csv('in.csv', engine='pyarrow')",
         "pandas pyarrow"),
    read("pandas.read_csv, memory_map", "in.csv", _PANDAS + "df = pd.read_csv('in.csv', memory_map=True)", "pandas"),
    read("pandas.read_fwf", "in.fwf", _PANDAS + "df = pd.read_fwf('in.fwf')", "pandas"),
    read("pandas.read_json", "in.json", _PANDAS + "df = pd.read_json('in.json')", "pandas"),
    read("pandas.read_excel", "in.xlsx", _PANDAS + "df = pd.read_excel('in.xlsx')", "pandas openpyxl"),
    read("pandas.read_feather", "in.feather", _PANDAS + "df = pd.read_feather('in.feather')", "pandas pyarrow"),
    read("pandas.read_orc", "in.orc", _PANDAS + "df = pd.read_orc('in.orc')", "pandas pyarrow"),
    read("pandas.read_parquet", "in.parquet", _PANDAS + "df = pd.read_parquet('in.parquet')", "pandas pyarrow"),
    read("pandas.read_parquet, partitioned", "dataset", _PANDAS + "df = pd.read_parquet('dataset')", "pandas pyarrow"),
    read("pandas.read_parquet, in a subfolder", "data/0.parquet", _PANDAS + "df = pd.read_parquet('data/0.parquet')",
         "pandas pyarrow", prepare=INPUTS["data"]),
    read("pandas.read_parquet, path outside", "OUTSIDE/in.parquet",
         _PANDAS + "df = pd.read_parquet('OUTSIDE/in.parquet')", "pandas pyarrow",
         prepare=FRAME + "df.to_parquet('OUTSIDE/in.parquet')"),
    read("pandas.read_parquet, symbolic link", "link.parquet", _PANDAS + "df = pd.read_parquet('link.parquet')",
         "pandas pyarrow", prepare=INPUTS["in.parquet"] + "\nimport os; os.symlink('in.parquet', 'link.parquet')",
         also=("in.parquet",)),
    read("pandas.read_hdf", "in.h5", _PANDAS + "df = pd.read_hdf('in.h5')", "pandas tables"),
    read("pandas.read_stata", "in.dta", _PANDAS + "df = pd.read_stata('in.dta')", "pandas"),
    read("pandas.read_sql, sqlite3", "in.sqlite", _PANDAS + "import sqlite3\ndb = sqlite3.connect('in.sqlite')\n"
         "df = pd.read_sql('select * from t', db)\ndb.close()", "pandas"),
    read("pandas.read_sql, sqlalchemy", "in.sqlite", _PANDAS + _ENGINE.format("in.sqlite") +
         "df = pd.read_sql('select * from t', engine)\nengine.dispose()", "pandas sqlalchemy"),
    read("pandas.read_xml", "in.xml", _PANDAS + "df = pd.read_xml('in.xml')", "pandas lxml"),
    read("pandas.read_html", "in.html", _PANDAS + "[df] = pd.read_html('in.html')", "pandas lxml"),
    read("pandas.read_pickle", "in.pickle", _PANDAS + "df = pd.read_pickle('in.pickle')", "pandas"),
    read("openpyxl.load_workbook", "in.xlsx", "import openpyxl\nbook = openpyxl.load_workbook('in.xlsx')",
         "pandas openpyxl"),
    write("DataFrame.to_csv", "out.csv", FRAME + "df.to_csv('out.csv')", "pandas"),
    write("DataFrame.to_csv, gzip", "out.csv.gz", FRAME + "df.to_csv('out.csv.gz')", "pandas"),
    write("DataFrame.to_json", "out.json", FRAME + "df.to_json('out.json')", "pandas"),
    write("DataFrame.to_excel", "out.xlsx", FRAME + "df.to_excel('out.xlsx')", "pandas openpyxl"),
    write("DataFrame.to_feather", "out.feather", FRAME + "df.to_feather('out.feather')", "pandas pyarrow"),
    write("DataFrame.to_orc", "out.orc", FRAME + "df.to_orc('out.orc')", "pandas pyarrow"),
    write("DataFrame.to_parquet", "out.parquet", FRAME + "df.to_parquet('out.parquet')", "pandas pyarrow"),
    write("DataFrame.to_parquet, partitioned", "out", FRAME + "df.to_parquet('out', partition_cols=['c'])",
          "pandas pyarrow"),
    write("DataFrame.to_parquet, overwriting", "out.parquet", FRAME + "df.to_parquet('out.parquet')", "pandas pyarrow",
          prepare=FRAME + "df[:1].to_parquet('out.parquet')", also=("out.parquet",)),
    Call("read_parquet, to_parquet, same file",
         _PANDAS + "df = pd.read_parquet('in.parquet')\n(df[['a']] + 1).to_parquet('in.parquet')",
         reads=("in.parquet",), writes=("in.parquet",), needs="pandas pyarrow"),
    write("DataFrame.to_hdf", "out.h5", FRAME + "df.to_hdf('out.h5', key='df')", "pandas tables"),
    write("DataFrame.to_stata", "out.dta", FRAME + "df.to_stata('out.dta')", "pandas"),
    write("DataFrame.to_sql, sqlite3", "out.sqlite", FRAME + "import sqlite3\ndb = sqlite3.connect('out.sqlite')\n"
          "df.to_sql('t', db)\ndb.close()", "pandas", also=("out.sqlite-journal",)),
    write("DataFrame.to_sql, sqlalchemy", "out.sqlite",
          FRAME + _ENGINE.format("out.sqlite") + "df.to_sql('t', engine)\nengine.dispose()", "pandas sqlalchemy",
          also=("out.sqlite-journal",)),
    write("DataFrame.to_xml", "out.xml", FRAME + "df.to_xml('out.xml')", "pandas lxml"),
    write("DataFrame.to_html", "out.html", FRAME + "df.to_html('out.html')", "pandas"),
    write("DataFrame.to_pickle", "out.pickle", FRAME + "df.to_pickle('out.pickle')", "pandas"),
    write("openpyxl, save", "out.xlsx", "import openpyxl\nbook = openpyxl.Workbook(); book.save('out.xlsx')",
          "openpyxl"),
)  # fmt: skip
"""Calls of pandas, sqlalchemy and openpyxl."""
