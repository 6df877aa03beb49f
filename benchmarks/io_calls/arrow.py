"""Tables by native code: pyarrow, polars, duckdb."""

from __future__ import annotations

from benchmarks.io_calls.call import Call, read, write
from benchmarks.io_calls.inputs import FRAME, INPUTS

_PYARROW = "import pyarrow as pa\ntable = pa.table({'a': [1, 2, 3], 'c': ['x', 'y', 'z']})\n"
_POLARS = "import polars as pl\ndf = pl.DataFrame({'a': [1, 2, 3], 'c': ['x', 'y', 'z']})\n"
_DUCKDB = "import duckdb\n"
_JOURNAL = ("*.duckdb.wal", "*.duckdb.tmp")

ARROW = (
    read("pyarrow.csv.read_csv", "in.csv", "import pyarrow.csv as c\ntable = c.read_csv('in.csv')", "pyarrow"),
    read("pyarrow.json.read_json", "in.ndjson", "import pyarrow.json as j\ntable = j.read_json('in.ndjson')",
         "pyarrow"),
    read("pyarrow.parquet.read_table", "in.parquet",
         "import pyarrow.parquet as pq\ntable = pq.read_table('in.parquet')", "pyarrow"),
    read("pyarrow.parquet, memory_map", "in.parquet",
         "import pyarrow.parquet as pq\ntable = pq.read_table('in.parquet', memory_map=True)", "pyarrow"),
    read("pyarrow.feather.read_table", "in.feather",
         "import pyarrow.feather as f\ntable = f.read_table('in.feather')", "pyarrow"),
    read("pyarrow.orc.read_table", "in.orc", "import pyarrow.orc as o\ntable = o.read_table('in.orc')", "pyarrow"),
    read("pyarrow.dataset, to_table", "dataset",
         "import pyarrow.dataset as d\ntable = d.dataset('dataset', partitioning='hive').to_table()", "pyarrow"),
    read("pyarrow.memory_map, ipc.open_file", "in.arrow", "import pyarrow as pa\n"
         "with pa.memory_map('in.arrow') as f: table = pa.ipc.open_file(f).read_all()", "pyarrow"),
    read("pyarrow.parquet in threads", "data/*.parquet", "import glob, pyarrow.parquet as pq\n"
         "from concurrent.futures import ThreadPoolExecutor\n"
         "with ThreadPoolExecutor(2) as pool: tables = list(pool.map(pq.read_table, glob.glob('data/*.parquet')))",
         "pyarrow", prepare=INPUTS["data"]),
    read("pyarrow.parquet after os.chdir", "data/0.parquet", "import os, pyarrow.parquet as pq\n"
         "os.chdir('data')\ntable = pq.read_table('0.parquet')\nos.chdir('..')", "pyarrow", prepare=INPUTS["data"]),
    read("polars.read_csv", "in.csv", "import polars as pl\ndf = pl.read_csv('in.csv')", "polars"),
    read("polars.scan_csv", "in.csv", "import polars as pl\ndf = pl.scan_csv('in.csv').collect()", "polars"),
    read("polars.read_parquet", "in.parquet", "import polars as pl\ndf = pl.read_parquet('in.parquet')", "polars"),
    read("polars.scan_parquet", "in.parquet", "import polars as pl\ndf = pl.scan_parquet('in.parquet').collect()",
         "polars"),
    read("polars.scan_parquet, glob", "data/*.parquet",
         "import polars as pl\ndf = pl.scan_parquet('data/*.parquet').collect()", "polars", prepare=INPUTS["data"]),
    read("polars.read_json", "in.json", "import polars as pl\ndf = pl.read_json('in.json')", "polars"),
    read("polars.read_ndjson", "in.ndjson", "import polars as pl\ndf = pl.read_ndjson('in.ndjson')", "polars"),
    read("polars.scan_ndjson", "in.ndjson", "import polars as pl\ndf = pl.scan_ndjson('in.ndjson').collect()",
         "polars"),
    read("polars.read_ipc", "in.arrow", "import polars as pl\ndf = pl.read_ipc('in.arrow')", "polars"),
    read("polars.scan_ipc", "in.arrow", "import polars as pl\ndf = pl.scan_ipc('in.arrow').collect()", "polars"),
    read("duckdb, select from CSV", "in.csv", _DUCKDB + "rows = duckdb.sql(\"select * from 'in.csv'\").fetchall()",
         "duckdb"),
    read("duckdb, select from Parquet", "in.parquet",
         _DUCKDB + "rows = duckdb.sql(\"select * from 'in.parquet'\").fetchall()", "duckdb"),
    read("duckdb, select from JSON", "in.json", _DUCKDB + "rows = duckdb.sql(\"select * from 'in.json'\").fetchall()",
         "duckdb"),
    read("duckdb, glob of CSVs", "data/*.csv",
         _DUCKDB + "rows = duckdb.sql(\"select * from 'data/*.csv'\").fetchall()", "duckdb", prepare=INPUTS["data"]),
    read("duckdb.read_parquet, path outside", "OUTSIDE/in.parquet",
         _DUCKDB + "rows = duckdb.read_parquet('OUTSIDE/in.parquet').fetchall()", "duckdb",
         prepare=FRAME + "df.to_parquet('OUTSIDE/in.parquet')"),
    read("duckdb.connect, read_only", "in.duckdb", _DUCKDB + "db = duckdb.connect('in.duckdb', read_only=True)\n"
         "rows = db.sql('select * from t').fetchall(); db.close()", "duckdb", also=_JOURNAL),
    write("pyarrow.csv.write_csv", "out.csv", _PYARROW + "import pyarrow.csv as c\nc.write_csv(table, 'out.csv')",
          "pyarrow"),
    write("pyarrow.parquet.write_table", "out.parquet",
          _PYARROW + "import pyarrow.parquet as pq\npq.write_table(table, 'out.parquet')", "pyarrow"),
    write("pyarrow.parquet, in a new folder", "out/a/t.parquet", _PYARROW + "import os, pyarrow.parquet as pq\n"
          "os.makedirs('out/a')\npq.write_table(table, 'out/a/t.parquet')", "pyarrow"),
    write("pyarrow.parquet.write_to_dataset", "out",
          _PYARROW + "import pyarrow.parquet as pq\npq.write_to_dataset(table, 'out', partition_cols=['c'])",
          "pyarrow"),
    write("pyarrow.dataset.write_dataset", "out",
          _PYARROW + "import pyarrow.dataset as d\nd.write_dataset(table, 'out', format='parquet')", "pyarrow"),
    write("pyarrow.feather.write_feather", "out.feather",
          _PYARROW + "import pyarrow.feather as f\nf.write_feather(table, 'out.feather')", "pyarrow"),
    write("pyarrow.orc.write_table", "out.orc",
          _PYARROW + "import pyarrow.orc as o\no.write_table(table, 'out.orc')", "pyarrow"),
    write("pyarrow.OSFile, ipc.new_file", "out.arrow", _PYARROW +
          "with pa.OSFile('out.arrow', 'wb') as f, pa.ipc.new_file(f, table.schema) as w: w.write_table(table)",
          "pyarrow"),
    Call("pyarrow.parquet, then os.replace", _PYARROW + "import os, pyarrow.parquet as pq\n"
         "pq.write_table(table, 'part.tmp')\nos.replace('part.tmp', 'out.parquet')",
         writes=("out.parquet",), needs="pyarrow"),
    write("polars.write_csv", "out.csv", _POLARS + "df.write_csv('out.csv')", "polars"),
    write("polars.write_parquet", "out.parquet", _POLARS + "df.write_parquet('out.parquet')", "polars"),
    write("polars.write_json", "out.json", _POLARS + "df.write_json('out.json')", "polars"),
    write("polars.write_ndjson", "out.ndjson", _POLARS + "df.write_ndjson('out.ndjson')", "polars"),
    write("polars.write_ipc", "out.arrow", _POLARS + "df.write_ipc('out.arrow')", "polars"),
    write("polars.sink_csv", "out.csv", _POLARS + "df.lazy().sink_csv('out.csv')", "polars"),
    write("polars.sink_parquet", "out.parquet", _POLARS + "df.lazy().sink_parquet('out.parquet')", "polars"),
    write("polars.sink_ndjson", "out.ndjson", _POLARS + "df.lazy().sink_ndjson('out.ndjson')", "polars"),
    write("polars.sink_ipc", "out.arrow", _POLARS + "df.lazy().sink_ipc('out.arrow')", "polars"),
    Call("polars, scan_csv to sink_parquet", "import polars as pl\npl.scan_csv('in.csv').sink_parquet('out.parquet')",
         reads=("in.csv",), writes=("out.parquet",), needs="polars"),
    Call("duckdb, COPY to Parquet", _DUCKDB + "duckdb.sql(\"copy (from 'in.csv') to 'out.parquet'\")",
         reads=("in.csv",), writes=("out.parquet",), needs="duckdb"),
    write("duckdb, COPY to CSV", "out.csv", _DUCKDB + "duckdb.sql(\"copy (select 1 as a) to 'out.csv'\")", "duckdb"),
    write("duckdb, COPY to JSON", "out.json", _DUCKDB + "duckdb.sql(\"copy (select 1 as a) to 'out.json'\")",
          "duckdb"),
    write("duckdb, relation.write_parquet", "out.parquet",
          _DUCKDB + "duckdb.sql('select 1 as a').write_parquet('out.parquet')", "duckdb"),
    write("duckdb.connect, create table", "out.duckdb", _DUCKDB + "db = duckdb.connect('out.duckdb')\n"
          "db.sql('create table t as select 1 as a'); db.close()", "duckdb", also=_JOURNAL),
    write("duckdb.connect, insert", "in.duckdb", _DUCKDB + "db = duckdb.connect('in.duckdb')\n"
          "db.sql('insert into t values (2)'); db.close()", "duckdb",
          prepare=INPUTS["in.duckdb"], also=("in.duckdb", *_JOURNAL)),
)  # fmt: skip
"""Calls of pyarrow, polars and duckdb."""
