"""Arrays and models: numpy, scipy, HDF5, netCDF, zarr, joblib, torch, safetensors."""

from __future__ import annotations

from benchmarks.io_calls.call import Call, read, write
from benchmarks.io_calls.inputs import ARRAY, INPUTS

_NUMPY = "import numpy as np\n"
_CHUNKS = ("in.zarr/v/*0*",)
"""What must be read of a store of either format; of its many descriptions, some are and some are not."""

ARRAYS = (
    read("numpy.load", "in.npy", _NUMPY + "array = np.load('in.npy')", "numpy"),
    read("numpy.load, npz", "in.npz", _NUMPY + "with np.load('in.npz') as z: array = z['array']", "numpy"),
    read("numpy.load, mmap_mode", "in.npy", _NUMPY + "total = np.load('in.npy', mmap_mode='r').sum()", "numpy"),
    read("numpy.memmap, r", "in.bin", _NUMPY + "total = np.memmap('in.bin', mode='r').sum()", "numpy"),
    read("numpy.fromfile", "in.bin", _NUMPY + "array = np.fromfile('in.bin')", "numpy"),
    read("numpy.loadtxt", "in.txt", _NUMPY + "array = np.loadtxt('in.txt')", "numpy"),
    read("numpy.genfromtxt", "in.txt", _NUMPY + "array = np.genfromtxt('in.txt')", "numpy"),
    read("scipy.io.loadmat", "in.mat", "import scipy.io\nvalues = scipy.io.loadmat('in.mat')", "scipy"),
    read("scipy.io.mmread", "in.mtx", "import scipy.io\nmatrix = scipy.io.mmread('in.mtx')", "scipy"),
    read("scipy.io.wavfile.read", "in.wav", "from scipy.io import wavfile\nrate, x = wavfile.read('in.wav')", "scipy"),
    read("h5py.File, r", "in.hdf5", "import h5py\nwith h5py.File('in.hdf5') as f: x = f['x'][:]", "h5py"),
    read("tables.open_file, r", "in.tables",
         "import tables\nwith tables.open_file('in.tables') as f: x = f.root.a.read()", "tables"),
    read("netCDF4.Dataset, r", "in.nc", "import netCDF4\nwith netCDF4.Dataset('in.nc') as d: v = d['v'][:]",
         "netCDF4 xarray"),
    read("xarray.open_dataset", "in.nc",
         "import xarray as xr\nwith xr.open_dataset('in.nc', engine='netcdf4') as d: v = d['v'].values",
         "xarray netCDF4"),
    Call("xarray.open_zarr", "import xarray as xr\nv = xr.open_zarr('in.zarr', chunks=None)['v'].values",
         reads=_CHUNKS, needs="xarray zarr", prepare=INPUTS["in.zarr"], also=("in.zarr/*",)),
    Call("zarr.open_group", "import zarr\nv = zarr.open_group('in.zarr', mode='r')['v'][:]",
         reads=_CHUNKS, needs="xarray zarr", prepare=INPUTS["in.zarr"], also=("in.zarr/*",)),
    read("zarr.open_array", "in.zarr", "import zarr\nv = zarr.open_array('in.zarr', mode='r')[:]", "zarr",
         prepare=ARRAY + "import zarr; zarr.save_array('in.zarr', array)"),
    read("joblib.load", "in.joblib", "import joblib\narray = joblib.load('in.joblib')", "joblib"),
    read("joblib.load, mmap_mode", "in.joblib", "import joblib\ntotal = joblib.load('in.joblib', mmap_mode='r').sum()",
         "joblib"),
    read("torch.load", "in.pt", "import torch\nvalues = torch.load('in.pt')", "torch"),
    read("torch.load, mmap", "in.pt", "import torch\nvalues = torch.load('in.pt', mmap=True)", "torch"),
    read("torch.jit.load", "in.jit", "import torch\nmodel = torch.jit.load('in.jit')", "torch",
         prepare="import torch; torch.jit.script(torch.nn.Linear(2, 1)).save('in.jit')"),
    read("safetensors.numpy.load_file", "in.safetensors",
         "from safetensors.numpy import load_file\nvalues = load_file('in.safetensors')", "safetensors"),
    read("safetensors.safe_open", "in.safetensors", "from safetensors import safe_open\n"
         "with safe_open('in.safetensors', framework='numpy') as f: a = f.get_tensor('a')", "safetensors"),
    write("numpy.save", "out.npy", ARRAY + "np.save('out.npy', array)", "numpy"),
    write("numpy.savez", "out.npz", ARRAY + "np.savez('out.npz', array=array)", "numpy"),
    write("numpy.savez_compressed", "out.npz", ARRAY + "np.savez_compressed('out.npz', array=array)", "numpy"),
    write("numpy.memmap, w+", "out.bin",
          _NUMPY + "m = np.memmap('out.bin', mode='w+', shape=9); m[:] = 7; m.flush(); del m", "numpy"),
    write("numpy.memmap, r+", "in.bin", _NUMPY + "m = np.memmap('in.bin', mode='r+'); m[:] = 7; m.flush(); del m",
          "numpy", prepare=INPUTS["in.bin"], also=("in.bin",)),
    write("ndarray.tofile", "out.bin", ARRAY + "array.tofile('out.bin')", "numpy"),
    write("numpy.savetxt", "out.txt", ARRAY + "np.savetxt('out.txt', array)", "numpy"),
    write("scipy.io.savemat", "out.mat", ARRAY + "import scipy.io\nscipy.io.savemat('out.mat', {'a': array})",
          "scipy"),
    write("scipy.io.mmwrite", "out.mtx", ARRAY + "import scipy.io\nscipy.io.mmwrite('out.mtx', array)", "scipy"),
    write("scipy.sparse.save_npz", "out.npz",
          ARRAY + "import scipy.sparse as s\ns.save_npz('out.npz', s.csr_matrix(array))", "scipy"),
    write("scipy.io.wavfile.write", "out.wav",
          _NUMPY + "from scipy.io import wavfile\nwavfile.write('out.wav', 8000, np.zeros(80, 'int16'))", "scipy"),
    write("h5py.File, w", "out.hdf5", "import h5py\nwith h5py.File('out.hdf5', 'w') as f: f['x'] = range(9)", "h5py"),
    write("h5py.File, a", "in.hdf5", "import h5py\nwith h5py.File('in.hdf5', 'a') as f: f['y'] = range(9)", "h5py",
          prepare=INPUTS["in.hdf5"], also=("in.hdf5",)),
    write("tables.open_file, w", "out.h5",
          "import tables\nwith tables.open_file('out.h5', 'w') as f: f.create_array('/', 'a', [1, 2])", "tables"),
    write("netCDF4.Dataset, w", "out.nc", "import netCDF4\nwith netCDF4.Dataset('out.nc', 'w') as d:\n"
          "    d.createDimension('x', 3); d.createVariable('v', 'f8', ('x',))[:] = 1", "netCDF4"),
    write("Dataset.to_netcdf", "out.nc", ARRAY + "import xarray as xr\n"
          "xr.Dataset({'v': (('x', 'y'), array)}).to_netcdf('out.nc', engine='netcdf4')", "xarray netCDF4"),
    write("Dataset.to_zarr", "out.zarr",
          ARRAY + "import xarray as xr\nxr.Dataset({'v': (('x', 'y'), array)}).to_zarr('out.zarr')", "xarray zarr"),
    write("zarr.save_array", "out.zarr", ARRAY + "import zarr\nzarr.save_array('out.zarr', array)", "zarr"),
    write("zarr.open_array, w", "out.zarr", "import zarr\n"
          "z = zarr.open_array('out.zarr', mode='w', shape=(8,), chunks=(2,), dtype='f8'); z[:] = 1", "zarr"),
    write("joblib.dump", "out.joblib", ARRAY + "import joblib\njoblib.dump(array, 'out.joblib');", "joblib"),
    write("torch.save", "out.pt", "import torch\ntorch.save({'w': torch.ones(3)}, 'out.pt')", "torch"),
    write("torch.jit.save", "out.jit",
          "import torch\ntorch.jit.save(torch.jit.trace(torch.nn.Linear(2, 1), torch.ones(2)), 'out.jit')", "torch"),
    write("safetensors.numpy.save_file", "out.safetensors",
          ARRAY + "from safetensors.numpy import save_file\nsave_file({'a': array}, 'out.safetensors')",
          "safetensors"),
)  # fmt: skip
"""Calls of numpy and of what keeps its arrays."""
