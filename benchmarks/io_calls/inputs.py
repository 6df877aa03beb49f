"""The code that makes each input of the catalogue, by its path."""

from __future__ import annotations

FRAME = "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3], 'b': [0.5, 1.5, 2.5], 'c': ['x', 'y', 'z']})\n"
"""A data frame of numbers and texts."""
POINTS = (
    "import geopandas\n"
    "df = geopandas.GeoDataFrame({'a': [1, 2]}, geometry=geopandas.points_from_xy([1, 2], [3, 4]), crs=4326)\n"
)
"""A data frame of two places on Earth."""
ARRAY = "import numpy as np\narray = np.arange(12.0).reshape(3, 4)\n"
"""Twelve numbers."""
PIXELS = "import numpy as np\npixels = (np.arange(192) % 251).astype('uint8').reshape(8, 8, 3)\n"
"""A picture of eight by eight pixels."""
RASTER = (
    "import rasterio\n"
    "from rasterio.transform import from_origin\n"
    "shape = dict(width=4, height=3, count=1, dtype='float64', crs='EPSG:4326', transform=from_origin(0, 0, 1, 1))\n"
)
"""The shape of a map."""

INPUTS = {
    "in.arrow": FRAME + "import pyarrow as pa\ntable = pa.Table.from_pandas(df)\n"
    "with pa.OSFile('in.arrow', 'wb') as f, pa.ipc.new_file(f, table.schema) as w: w.write_table(table)",
    "in.bin": "open('in.bin', 'wb').write(bytes(range(96)))",
    "in.csv": "open('in.csv', 'w').write('a,b\\n1,2\\n3,4\\n')",
    "in.csv.bz2": "import bz2; bz2.open('in.csv.bz2', 'wt').write('a,b\\n1,2\\n')",
    "in.csv.gz": "import gzip; gzip.open('in.csv.gz', 'wt').write('a,b\\n1,2\\n')",
    "in.csv.xz": "import lzma; lzma.open('in.csv.xz', 'wt').write('a,b\\n1,2\\n')",
    "in.duckdb": "import duckdb\nwith duckdb.connect('in.duckdb') as db: db.sql('create table t as select 1 as a')",
    "in.dta": FRAME + "df.to_stata('in.dta')",
    "in.feather": FRAME + "df.to_feather('in.feather')",
    "in.fwf": "open('in.fwf', 'w').write('a  b\\n1  2\\n')",
    "in.geojson": POINTS + "df.to_file('in.geojson')",
    "in.gpkg": POINTS + "df.to_file('in.gpkg')",
    "in.h5": FRAME + "df.to_hdf('in.h5', key='df')",
    "in.hdf5": "import h5py\nwith h5py.File('in.hdf5', 'w') as f: f['x'] = range(9)",
    "in.html": FRAME + "df.to_html('in.html')",
    "in.ini": "open('in.ini', 'w').write('[a]\\nb = 1\\n')",
    "in.joblib": ARRAY + "import joblib; joblib.dump(array, 'in.joblib')",
    "in.json": "open('in.json', 'w').write('[{\"a\": 1}, {\"a\": 2}]')",
    "in.mat": ARRAY + "import scipy.io; scipy.io.savemat('in.mat', {'array': array})",
    "in.mtx": "open('in.mtx', 'w').write('%%MatrixMarket matrix coordinate real general\\n1 1 1\\n1 1 2.5\\n')",
    "in.nc": ARRAY + "import xarray as xr; xr.Dataset({'v': (('x', 'y'), array)}).to_netcdf('in.nc', engine='netcdf4')",
    "in.ndjson": "open('in.ndjson', 'w').write('{\"a\": 1}\\n{\"a\": 2}\\n')",
    "in.npy": ARRAY + "np.save('in.npy', array)",
    "in.npz": ARRAY + "np.savez('in.npz', array=array)",
    "in.orc": FRAME + "df.to_orc('in.orc')",
    "in.parquet": FRAME + "df.to_parquet('in.parquet')",
    "in.pickle": FRAME + "df.to_pickle('in.pickle')",
    "in.png": PIXELS + "from PIL import Image; Image.fromarray(pixels).save('in.png')",
    "in.pt": "import torch; torch.save({'w': torch.ones(3)}, 'in.pt')",
    "in.safetensors": ARRAY + "from safetensors.numpy import save_file; save_file({'a': array}, 'in.safetensors')",
    "in.sqlite": "import sqlite3\nwith sqlite3.connect('in.sqlite') as db:\n"
    "    db.execute('create table t (a)'); db.execute('insert into t values (1)')",
    "in.tables": ARRAY + "import tables\nwith tables.open_file('in.tables', 'w') as f: f.create_array('/', 'a', array)",
    "in.tar": "import tarfile; open('a.txt', 'w').write('x')\n"
    "with tarfile.open('in.tar', 'w') as t: t.add('a.txt')\nimport os; os.remove('a.txt')",
    "in.tif": RASTER + ARRAY + "with rasterio.open('in.tif', 'w', **shape) as f: f.write(array, 1)",
    "in.tiff": PIXELS + "import tifffile; tifffile.imwrite('in.tiff', pixels)",
    "in.txt": "open('in.txt', 'w').write('1 2\\n3 4\\n')",
    "in.wav": "import wave\nwith wave.open('in.wav', 'wb') as w:\n"
    "    w.setparams((1, 2, 8000, 0, 'NONE', '')); w.writeframes(bytes(800))",
    "in.xlsx": FRAME + "df.to_excel('in.xlsx')",
    "in.xml": "open('in.xml', 'w').write('<data><row><a>1</a></row><row><a>2</a></row></data>')",
    "in.zarr": ARRAY + "import xarray as xr; xr.Dataset({'v': (('x', 'y'), array)}).to_zarr('in.zarr')",
    "in.zip": "import zipfile\nwith zipfile.ZipFile('in.zip', 'w') as z: z.writestr('a.csv', 'a,b\\n1,2\\n')",
    "data": FRAME + "import os; os.mkdir('data')\n"
    "for i in range(3): df.to_csv(f'data/{i}.csv'); df.to_parquet(f'data/{i}.parquet')",
    "dataset": FRAME + "df.to_parquet('dataset', partition_cols=['c'])",
    "texts": "import os; os.mkdir('texts')\nfor i in range(3): open(f'texts/{i}.txt', 'w').write(f'{i}\\n')",
}
