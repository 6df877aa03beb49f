"""Pictures, sounds, maps and documents."""

from __future__ import annotations

from benchmarks.io_calls.call import Call, read, write
from benchmarks.io_calls.inputs import ARRAY, INPUTS, PIXELS, POINTS, RASTER

_SQLITE = ("*.gpkg-journal", "*.gpkg-wal", "*.gpkg-shm")
_FIGURE = (
    "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt\n"
    "fig, ax = plt.subplots(); ax.plot([1, 2])\n"
)

MEDIA = (
    read("PIL.Image.open", "in.png", "from PIL import Image\nwith Image.open('in.png') as i: i.load()", "PIL numpy"),
    read("imageio.imread", "in.png", "import imageio.v3 as iio\npixels = iio.imread('in.png')", "imageio PIL"),
    read("matplotlib.image.imread", "in.png", "import matplotlib.image as m\npixels = m.imread('in.png')",
         "matplotlib"),
    read("cv2.imread", "in.png", "import cv2\npixels = cv2.imread('in.png')\nassert pixels is not None", "cv2 PIL"),
    read("tifffile.imread", "in.tiff", "import tifffile\npixels = tifffile.imread('in.tiff')", "tifffile"),
    read("tifffile.memmap", "in.tiff", "import tifffile\ntotal = tifffile.memmap('in.tiff', mode='r').sum()",
         "tifffile"),
    read("soundfile.read", "in.wav", "import soundfile\nx, rate = soundfile.read('in.wav')", "soundfile"),
    read("geopandas.read_file, GeoJSON", "in.geojson", "import geopandas\ndf = geopandas.read_file('in.geojson')",
         "geopandas pyogrio"),
    read("geopandas.read_file, GeoPackage", "in.gpkg", "import geopandas\ndf = geopandas.read_file('in.gpkg')",
         "geopandas pyogrio", also=_SQLITE),
    Call("geopandas.read_file, Shapefile", "import geopandas\ndf = geopandas.read_file('in.shp')",
         reads=("in.shp", "in.shx", "in.dbf"), needs="geopandas pyogrio", prepare=POINTS + "df.to_file('in.shp')",
         also=("in.prj", "in.cpg")),
    read("geopandas.read_parquet", "in.parquet", "import geopandas\ndf = geopandas.read_parquet('in.parquet')",
         "geopandas pyarrow", prepare=POINTS + "df.to_parquet('in.parquet')"),
    read("rasterio.open", "in.tif", "import rasterio\nwith rasterio.open('in.tif') as f: band = f.read(1)",
         "rasterio"),
    read("lxml.etree.parse", "in.xml", "from lxml import etree\ntree = etree.parse('in.xml')", "lxml"),
    read("lxml.etree.iterparse", "in.xml", "from lxml import etree\nrows = list(etree.iterparse('in.xml'))", "lxml"),
    read("bs4.BeautifulSoup", "in.xml",
         "from bs4 import BeautifulSoup\nwith open('in.xml') as f: soup = BeautifulSoup(f, 'html.parser')", "bs4"),
    write("PIL.Image.save", "out.png", PIXELS + "from PIL import Image\nImage.fromarray(pixels).save('out.png')",
          "PIL numpy"),
    write("imageio.imwrite", "out.png", PIXELS + "import imageio.v3 as iio\niio.imwrite('out.png', pixels)",
          "imageio PIL"),
    write("cv2.imwrite", "out.png", PIXELS + "import cv2\nassert cv2.imwrite('out.png', pixels)", "cv2 numpy"),
    write("tifffile.imwrite", "out.tiff", PIXELS + "import tifffile\ntifffile.imwrite('out.tiff', pixels)",
          "tifffile numpy"),
    write("soundfile.write", "out.wav", "import numpy as np, soundfile\nsoundfile.write('out.wav', np.zeros(80), 8000)",
          "soundfile numpy"),
    write("matplotlib savefig, PNG", "out.png", _FIGURE + "fig.savefig('out.png'); plt.close(fig)", "matplotlib"),
    write("matplotlib savefig, PDF", "out.pdf", _FIGURE + "fig.savefig('out.pdf'); plt.close(fig)", "matplotlib"),
    write("matplotlib savefig, SVG", "out.svg", _FIGURE + "fig.savefig('out.svg'); plt.close(fig)", "matplotlib"),
    write("GeoDataFrame.to_file, GeoJSON", "out.geojson", POINTS + "df.to_file('out.geojson')", "geopandas pyogrio"),
    write("GeoDataFrame.to_file, GeoPackage", "out.gpkg", POINTS + "df.to_file('out.gpkg')", "geopandas pyogrio",
          also=_SQLITE),
    write("GeoDataFrame.to_file, Shapefile", "out.*", POINTS + "df.to_file('out.shp')", "geopandas pyogrio"),
    write("GeoDataFrame.to_parquet", "out.parquet", POINTS + "df.to_parquet('out.parquet')", "geopandas pyarrow"),
    write("rasterio.open, w", "out.tif",
          RASTER + ARRAY + "with rasterio.open('out.tif', 'w', **shape) as f: f.write(array, 1)", "rasterio"),
    write("rasterio.open, r+", "in.tif", ARRAY + "import rasterio\n"
          "with rasterio.open('in.tif', 'r+') as f: f.write(array + 1, 1)", "rasterio",
          prepare=INPUTS["in.tif"], also=("in.tif",)),
    write("lxml, ElementTree.write", "out.xml",
          "from lxml import etree\netree.ElementTree(etree.Element('a')).write('out.xml')", "lxml"),
)  # fmt: skip
"""Calls of what reads and draws pictures, sounds, maps and documents."""
