"""The rules of text, streams and errors, as the table tells them; the masks are in the modules beside this one."""

from __future__ import annotations

from jupyter_prov.check.compare.rule_catalog.rule import Rule

RULES = (
    Rule(
        "terminal",
        "text",
        "Colours, and what `\\r`, `\\b` and codes that move the cursor wiped out: a terminal shows the same.",
        ("10 %\r50 %\r100 %", "\x1b[31m100 %\x1b[0m"),
    ),
    Rule(
        "layout",
        "text",
        "Blanks at the ends of lines, empty lines at the end, and `\\r\\n` for `\\n`: nobody sees them.",
        ("done  \r\n", "done\n"),
    ),
    Rule(
        "layout",
        "error",
        "How a version of IPython names a cell and its prompt in a traceback, and in the message of a syntax error; "
        "never the line that failed.",
        ("<ipython-input-5-ab12> in <module>", "Cell In[7] in <module>"),
    ),
    Rule(
        "traceback",
        "error",
        "Frames, paths and line numbers of libraries, where the error and the user's own lines are the same.",
        (
            "Cell In[1], line 1\n----> 1 load()\nFile /v/lib/python3.11/site-packages/lib/io.py:7\n----> 7 fail()",
            "Cell In[1], line 1\n----> 1 load()\nFile /v/lib/python3.11/site-packages/lib/new.py:9\n----> 9 raise_()",
        ),
    ),
    Rule(
        "stage-path",
        "text",
        "The folder of the copy in which the notebook was re-run, where the original's stood.",
        ("/home/ann/project/data.csv", "/tmp/stage-1/project/data.csv"),
    ),
    Rule(
        "cell-file",
        "text",
        "The temporary file that stands for a cell, with the kernel's process id in its path; not the line in it.",
        ("/tmp/ipykernel_9739/1009501474.py:1: UserWarning", "/tmp/ipykernel_10122/1009501474.py:1: UserWarning"),
    ),
    Rule(
        "library-path",
        "text",
        "The folder in which packages are installed; not the package and the file in it.",
        (
            "/home/ann/venv/lib/python3.11/site-packages/tqdm/auto.py",
            "/opt/env/lib/python3.11/site-packages/tqdm/auto.py",
        ),
    ),
    Rule(
        "temporary-path",
        "text",
        "The random name that `tempfile` gives a file or folder in the system's temporary folder; not what is in it.",
        ("/tmp/tmpab12cd34/out.csv", "/tmp/tmpzx98yw76/out.csv"),
    ),
    Rule(
        "home",
        "text",
        "The user's home at the beginning of a path that leads into it.",
        ("/home/ann/data/a.csv", "/Users/bob/data/a.csv"),
    ),
    Rule(
        "memory-address",
        "text",
        "An address in a default repr, inside `<…>`, or in that of numpy's generators, and the identity of a thread or "
        "a display handle in its own; no other number.",
        ("<A object at 0x7f00deadbeef>", "<A object at 0x7f00deadbee0>"),
    ),
    Rule(
        "timing",
        "text",
        "What `%timeit` and `%%time` measured, in cells that use them.",
        ("Wall time: 7.15 µs", "Wall time: 12 ms"),
        source="%%time\nwork()",
    ),
    Rule(
        "progress",
        "text",
        "Times and rates of the bars of tqdm, rich, pip and keras; never their counts, totals and metrics.",
        ("100%|███| 9/9 [00:01<00:00,  9.97it/s]", "100%|███| 9/9 [00:02<00:00, 1.2kit/s]"),
    ),
    Rule(
        "installer",
        "stream",
        "What pip and uv report of how they found, fetched and built packages, in cells that install, where both "
        "reports leave the same versions installed; never a version that differs, why an installation failed, nor a "
        "conflict of packages that the record does not name.",
        (
            "Collecting six==1.16.0\nInstalling collected packages: six\nSuccessfully installed six-1.16.0\n",
            "Requirement already satisfied: six==1.16.0 in /v/lib/python3.11/site-packages (1.16.0)\n",
        ),
        source="%pip install six==1.16.0",
    ),
    Rule(
        "number",
        "text",
        "Numbers with a point or an exponent, within a relative tolerance of 1e-9 or the one that was asked for, and "
        "the blanks that align them. Integers, versions, dates, times and ratios must be the same.",
        ("[0.30000000000000004, 1.5]", "[0.3, 1.5]"),
    ),
    Rule(
        "order-of-set",
        "text",
        "The order in which a set or dict of literals is printed, or a set of words without quotes, as pandas prints "
        "it, if both are equal; not that of a list made of it.",
        ("names: {'a', 'b', 'c'}", "names: {'c', 'a', 'b'}"),
    ),
    Rule(
        "line-order",
        "stream",
        "The order of lines, in cells that start threads or processes, if the lines are the same.",
        ("worker 1\nworker 2\n", "worker 2\nworker 1\n"),
        source="from threading import Thread",
    ),
)
