"""Other processes, and what IPython adds: shell lines, magics, pools of workers."""

from __future__ import annotations

from benchmarks.io_calls.call import Call, read, write
from benchmarks.io_calls.inputs import INPUTS

_FUNCTIONS = (
    "def size(path):\n    with open(path) as f: return len(f.read())\n"
    "def save(path):\n    with open(path, 'w') as f: f.write('x')\n"
)
_POOL = "import multiprocessing\nwith multiprocessing.get_context('{}').Pool(2) as pool: "
_LOKY = "from joblib import Parallel, delayed\n"
"""The workers of loky live on from cell to cell, each in the folder where it began: paths for them are absolute."""

PROCESSES = (
    read("!cat FILE", "in.txt", "!cat in.txt"),
    read("x = !cat FILE", "in.txt", "x = !cat in.txt"),
    read("!python script.py", "in.txt", "import sys\n!{sys.executable} script.py", also=("script.py",),
         prepare=INPUTS["in.txt"] + "\nopen('script.py', 'w').write(\"print(open('in.txt').read())\")"),
    read("%%bash, cat", "in.txt", "%%bash\ncat in.txt"),
    read("%sx cat", "in.txt", "lines = %sx cat in.txt"),
    read("subprocess.run, cat", "in.txt", "import subprocess\n"
         "subprocess.run(['cat', 'in.txt'], check=True, capture_output=True);"),
    read("subprocess.run, stdin", "in.txt",
         "import subprocess\nwith open('in.txt') as f: subprocess.run(['cat'], stdin=f, capture_output=True)"),
    read("subprocess.check_output, wc", "texts", "import subprocess\n"
         "n = subprocess.check_output('cat texts/*.txt | wc -l', shell=True)"),
    read("subprocess.run, path outside", "OUTSIDE/in.txt", "import subprocess\n"
         "subprocess.run(['cat', 'OUTSIDE/in.txt'], check=True, capture_output=True);",
         prepare="open('OUTSIDE/in.txt', 'w').write('x')"),
    read("os.system, wc", "in.txt", "import os\nassert os.system('wc in.txt > /dev/null') == 0"),
    read("os.popen", "in.txt", "import os\nwith os.popen('cat in.txt') as p: text = p.read()"),
    read("asyncio.create_subprocess_exec", "in.txt", "import asyncio\n"
         "p = await asyncio.create_subprocess_exec('cat', 'in.txt', stdout=asyncio.subprocess.PIPE)\n"
         "text, _ = await p.communicate()"),
    read("multiprocessing.Pool, fork", "in.txt",
         _FUNCTIONS + _POOL.format("fork") + "sizes = pool.map(size, ['in.txt'])"),
    read("multiprocessing.Pool, spawn", "in.txt", "from pathlib import Path\n" + _POOL.format("spawn") +
         "texts = pool.map(Path.read_text, [Path('in.txt')])"),
    read("ProcessPoolExecutor", "texts", "import glob, multiprocessing\nfrom pathlib import Path\n"
         "from concurrent.futures import ProcessPoolExecutor\n"
         "with ProcessPoolExecutor(2, multiprocessing.get_context('fork')) as pool:\n"
         "    texts = list(pool.map(Path.read_text, Path('texts').iterdir()))"),
    read("joblib.Parallel, loky", "texts", _LOKY + "from pathlib import Path\n"
         "texts = Parallel(n_jobs=2)(delayed(p.read_text)() for p in Path('texts').resolve().iterdir())", "joblib"),
    read("joblib.Parallel, read_parquet", "data/*.parquet", _LOKY + "import pandas as pd\nfrom pathlib import Path\n"
         "dfs = Parallel(n_jobs=2)(delayed(pd.read_parquet)(p) for p in Path('data').resolve().glob('*.parquet'))",
         "joblib pandas pyarrow", prepare=INPUTS["data"]),
    Call("%run script.py", "%run script.py", reads=("script.py", "in.txt"),
         prepare=INPUTS["in.txt"] + "\nopen('script.py', 'w').write(\"text = open('in.txt').read()\")"),
    read("%load snippet.py", "snippet.py", "%load snippet.py", prepare="open('snippet.py', 'w').write('1 + 1')"),
    read("%pycat snippet.py", "snippet.py", "%pycat snippet.py", prepare="open('snippet.py', 'w').write('1 + 1')"),
    read("import of a project's module", "project_module.py", "import project_module",
         prepare="open('project_module.py', 'w').write('a = 1')"),
    Call("!cat FILE > OUT", "!cat in.txt > out.txt", reads=("in.txt",), writes=("out.txt",)),
    write("!echo > OUT", "out.txt", "!echo x > out.txt"),
    Call("%%bash, sort > OUT", "%%bash\nsort in.txt > out.txt", reads=("in.txt",), writes=("out.txt",)),
    write("%%writefile", "out.txt", "%%writefile out.txt\nx"),
    write("%%capture, to a file", "out.txt", "%%capture captured\nopen('out.txt', 'w').write('x')"),
    write("subprocess.run, tee", "out.txt",
          "import subprocess\nsubprocess.run(['tee', 'out.txt'], input=b'x', stdout=subprocess.DEVNULL);"),
    write("subprocess.run, stdout", "out.txt",
          "import subprocess\nwith open('out.txt', 'w') as f: subprocess.run(['echo', 'x'], stdout=f, check=True)"),
    Call("subprocess.run, cp", "import subprocess\nsubprocess.run(['cp', 'in.txt', 'out.txt'], check=True);",
         reads=("in.txt",), writes=("out.txt",)),
    Call("subprocess.run, mv", "import subprocess\nsubprocess.run(['mv', 'in.txt', 'out.txt'], check=True);",
         writes=("out.txt",), prepare=INPUTS["in.txt"], also=("in.txt",)),
    Call("subprocess.run, gzip", "import subprocess\nsubprocess.run(['gzip', 'in.txt'], check=True);",
         reads=("in.txt",), writes=("in.txt.gz",)),
    write("subprocess.run, mkdir and write", "out/a/b.txt", "import subprocess\n"
          "subprocess.run('mkdir -p out/a && echo x > out/a/b.txt', shell=True, check=True);"),
    Call("os.system, cat > OUT", "import os\nassert os.system('cat in.txt > out.txt') == 0",
         reads=("in.txt",), writes=("out.txt",)),
    write("multiprocessing.Pool, fork, write", "out.txt",
          _FUNCTIONS + _POOL.format("fork") + "pool.map(save, ['out.txt'])"),
    write("multiprocessing.Pool, spawn, write", "out.txt", "from pathlib import Path\n" +
          _POOL.format("spawn") + "pool.starmap(Path.write_text, [(Path('out.txt'), 'x')])"),
    write("ProcessPoolExecutor, write", "out*.txt", "import multiprocessing\nfrom pathlib import Path\n"
          "from concurrent.futures import ProcessPoolExecutor\n"
          "with ProcessPoolExecutor(2, multiprocessing.get_context('fork')) as pool:\n"
          "    list(pool.map(Path.write_text, [Path('out1.txt'), Path('out2.txt')], ['x', 'y']))"),
    write("joblib.Parallel, loky, write", "out*.txt", _LOKY + "from pathlib import Path\n"
          "Parallel(n_jobs=2)(delayed(Path(f'out{i}.txt').resolve().write_text)('x') for i in range(3));", "joblib"),
    Call("%run script.py, write", "%run script.py", reads=("script.py",), writes=("out.txt",),
         prepare="open('script.py', 'w').write(\"open('out.txt', 'w').write('x')\")"),
    write("!python script.py, write", "out.txt", "import sys\n!{sys.executable} script.py", also=("script.py",),
          prepare="open('script.py', 'w').write(\"open('out.txt', 'w').write('x')\")"),
)  # fmt: skip
"""Calls by which a cell has other processes, or IPython, read and write."""
