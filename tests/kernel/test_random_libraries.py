"""PyTorch, TensorFlow, JAX, CuPy, scikit-learn: their seeds, their draws, and these played back.

They are too heavy to be required for the tests; where a kernel's Python lacks one, its tests are skipped. To run them:
install them into an environment that has ipykernel, blake3, time-machine, numpy, pandas, and name its interpreter in
PROV_PYTHONS. Tests of CUDA and CuPy need a device as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.replaying import Ran, needs, planned, rerunning, run
from tests.live import LiveKernel, kernel

TORCH = {
    "rand": "print(torch.rand(2), torch.randn(3), torch.randperm(9))",
    "layer": "print(torch.nn.Linear(2, 3).weight)",
    "more": "print(torch.rand(1000).sum().item())",
    "seed": "print(torch.rand(1)); torch.seed(); print(torch.rand(1), torch.random.seed() != 0, torch.rand(1))",
    "seeded-between": "print(torch.rand(1)); torch.manual_seed(3); print(torch.rand(1)); torch.seed()",
    "fork": "with torch.random.fork_rng():\n    torch.manual_seed(1); a = torch.rand(1)\nprint(a, torch.rand(1))",
    "loader": "print([b.tolist() for b in torch.utils.data.DataLoader(range(9), batch_size=3, shuffle=True)])",
}
TENSORFLOW = {
    "from-entropy": "g = tf.random.Generator.from_non_deterministic_state(); print(g.normal([3]).numpy())",
    "global": "print(tf.random.get_global_generator().normal([3]).numpy())",
    "global-again": "print(tf.random.get_global_generator().uniform([3]).numpy())",
    "keras": "print(tf.keras.layers.Dense(2)(tf.ones([1, 2])).numpy())",
}
SKLEARN = {
    "split": "print([part[:5].tolist() for part in train_test_split(np.arange(200))])",
    "split-none": "print(train_test_split(np.arange(200), random_state=None)[0][:5].tolist())",
    "rvs": "print(scipy.stats.norm.rvs(size=3).tolist())",
    "kmeans": "print(KMeans(12, n_init=1, random_state=None).fit(rows).cluster_centers_.tolist())",
    "forest": "print(RandomForestRegressor(5).fit(rows, np.arange(30.)).predict(rows))",
}
LIBRARIES = {
    "torch": ("import torch, random", TORCH),
    "tensorflow": ("import tensorflow as tf, random", TENSORFLOW),
    "sklearn": (
        "import numpy as np, scipy.stats\nfrom sklearn.model_selection import train_test_split\n"
        "from sklearn.cluster import KMeans\nfrom sklearn.ensemble import RandomForestRegressor\n"
        "rows = np.arange(60.).reshape(-1, 2)",
        SKLEARN,
    ),
}


@pytest.fixture(scope="module")
def live(python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    folder = tmp_path_factory.mktemp("libraries") / "project"
    folder.mkdir()
    with kernel(folder, python) as started:
        yield started


def told(ran: Ran, cell: str) -> list[tuple[str, bool, int | None]]:
    return [(d["generator"], d["seeded"], d.get("line")) for d in ran.noted(cell).get("draws", ())]


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_what_was_drawn_is_drawn_again(library: str, python: str, live: LiveKernel, tmp_path: Path) -> None:
    needs(live, library)
    setup, cells = LIBRARIES[library]
    runs = []
    (tmp_path / "recorded").mkdir()
    with kernel(tmp_path / "recorded", python) as one:
        one.run(setup, "setup")
        recorded = run(one, cells)
    # In the opposite order no state is right by itself; TensorFlow's global generator is made where it is first used.
    order = list(cells) if library == "tensorflow" else list(reversed(cells))
    for name, plan in (("again", planned(recorded)), ("plain", planned(recorded, replay=False))):
        with rerunning(tmp_path / name, python, plan) as one:
            one.run(setup, "setup")
            runs.append(run(one, cells, order))
    again, plain = runs
    assert again.shown == recorded.shown
    same = {cell for cell in cells if plain.shown[cell] == recorded.shown[cell]}
    assert not same
    for cell in cells:
        assert again.noted(cell).get("seeds") == recorded.noted(cell).get("seeds")
    if library == "sklearn":
        assert {line for cell in cells for *_, line in told(recorded, cell)} == {1}
        assert {name for cell in cells for name, *_ in told(recorded, cell)} == {"numpy.random"}


@pytest.mark.slow
def test_seeds_of_torch(live: LiveKernel) -> None:
    needs(live, "torch")
    live.run("import torch")
    for call in (
        "torch.manual_seed",
        "torch.random.manual_seed",
        "torch.cuda.manual_seed",
        "torch.cuda.manual_seed_all",
    ):
        (seed,) = live.noted(f"\n{call}(7)", "random")["seeds"]
        assert (seed["call"], seed["value"], seed["line"]) == (call.replace(".random", ""), "7", 2)
    live.run("torch.manual_seed(7)")
    assert [d["seeded"] for d in live.noted("torch.rand(1)", "random")["draws"]] == [True]
    assert live.noted("torch.Generator(); torch.ones(3) @ torch.ones(3)", "random") == {}
    live.run("torch.seed()")
    assert [d["seeded"] for d in live.noted("torch.rand(1)", "random")["draws"]] == [False]


@pytest.mark.slow
def test_torch_imported_in_the_cell_that_draws(python: str, live: LiveKernel, tmp_path: Path) -> None:
    needs(live, "torch")
    cells = {"draw": "import torch; print(torch.rand(3))"}
    (tmp_path / "recorded").mkdir()
    with kernel(tmp_path / "recorded", python) as one:
        recorded = run(one, cells)
    with rerunning(tmp_path / "again", python, planned(recorded)) as one:
        assert run(one, cells).shown == recorded.shown


@pytest.mark.slow
def test_seeds_of_tensorflow(live: LiveKernel) -> None:
    needs(live, "tensorflow")
    live.run("import tensorflow as tf")
    seeds = live.noted("\ntf.random.set_seed(7)", "random")["seeds"]
    assert [(s["call"], s["value"], s["line"]) for s in seeds] == [("tensorflow.random.set_seed", "7", 2)]
    seeds = live.noted("tf.keras.utils.set_random_seed(8)", "random")["seeds"]
    assert {(s["call"], s["value"], s["line"]) for s in seeds} == {
        ("random.seed", "8", 1),
        ("numpy.random.seed", "8", 1),
        ("tensorflow.random.set_seed", "8", 1),
    }
    assert "unseeded" not in live.noted("tf.random.normal([2])", "random")


@pytest.mark.slow
def test_operations_of_tensorflow_without_a_seed_are_told_of_and_pinned(
    python: str, live: LiveKernel, tmp_path: Path
) -> None:
    needs(live, "tensorflow")
    cells = {
        "eager": "import tensorflow as tf\n\nprint(tf.random.normal([2]).numpy(), tf.random.normal([2]).numpy())",
        "graph": "@tf.function\ndef f():\n    return tf.random.uniform([2]) - tf.random.uniform([2])\n"
        "print(f().numpy())",
    }
    (tmp_path / "recorded").mkdir()
    with kernel(tmp_path / "recorded", python) as one:
        recorded = run(one, cells)
    assert recorded.noted("eager")["unseeded"] == [{"call": "a TensorFlow operation", "line": 3, "count": 2}]
    assert [spot for spot in recorded.session.blind_spots if "TensorFlow drew without a seed" in spot]
    shown = []
    for number, pin in enumerate(("x", "x", None)):
        with rerunning(tmp_path / str(number), python, planned(recorded, pin=pin)) as one:
            shown.append(run(one, cells).shown)
    assert shown[0] == shown[1]
    assert not {*shown[0].values()} & {*shown[2].values(), *recorded.shown.values()}
    assert "[0. 0.]" not in shown[0]["graph"]


@pytest.mark.slow
def test_keys_of_jax(live: LiveKernel) -> None:
    needs(live, "jax")
    live.run("import jax, numpy as np")
    found = live.noted("\nk = jax.random.key(7)\njax.random.PRNGKey(np.int64(8))\njax.random.normal(k)", "random")
    assert found == {
        "seeds": [
            {"call": "jax.random.key", "value": "7", "line": 2},
            {"call": "jax.random.PRNGKey", "value": "8", "line": 3},
        ]
    }
    live.run(
        "print(jax.jit(lambda s: jax.random.normal(jax.random.key(s)))(3) == jax.random.normal(jax.random.key(3)))"
    )
    assert live.text.strip() == "True"


@pytest.mark.slow
def test_draws_on_cuda_are_drawn_again(python: str, live: LiveKernel, tmp_path: Path) -> None:
    needs(live, "torch")
    live.run("import torch; print(torch.cuda.is_available())")
    if live.text.strip() != "True":
        pytest.skip("no CUDA device")
    cells = {
        "first": "import torch; print(torch.rand(3, device='cuda'))",
        "second": "print(torch.rand(3, device='cuda'), torch.rand(1))",
    }
    (tmp_path / "recorded").mkdir()
    with kernel(tmp_path / "recorded", python) as one:
        recorded = run(one, cells)
    with rerunning(tmp_path / "again", python, planned(recorded)) as one:
        assert run(one, cells).shown == recorded.shown


@pytest.mark.slow
def test_draws_of_cupy_are_drawn_again(python: str, live: LiveKernel, tmp_path: Path) -> None:
    needs(live, "cupy")
    live.run("import cupy; print(cupy.cuda.is_available())")
    if live.text.strip() != "True":
        pytest.skip("no CUDA device")
    cells = {
        "global": "import cupy; print(cupy.random.rand(3))",
        "more": "print(cupy.random.normal(size=3), cupy.random.default_rng().random(2))",
    }
    (tmp_path / "recorded").mkdir()
    with kernel(tmp_path / "recorded", python) as one:
        recorded = run(one, cells)
        assert one.noted("cupy.random.seed(7)", "random")["seeds"][0]["value"] == "7"
    with rerunning(tmp_path / "again", python, planned(recorded)) as one:
        assert run(one, cells).shown == recorded.shown
