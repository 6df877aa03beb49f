"""Seeds: in the right cell, for the generator that is used, in the words of the notebook."""

from __future__ import annotations

import pytest

from jupyter_prov.fix.randomness import fix_randomness
from tests.fix.drafts import cause, draft, scene, sources


def fixed(subject: str, *cells: str, cell: int = 0, line: int | None = 1) -> list[str]:
    """The sources of a notebook after what its cell drew at a line was fixed."""
    made = draft(*cells)
    fix_randomness(scene(made, cause("random", subject, cell, line)))
    return sources(made)


@pytest.mark.parametrize(
    ("subject", "before", "after"),
    [
        ("random", "import random\nx = random.random()", "import random\nrandom.seed(0)\nx = random.random()"),
        ("random", "from random import random\nx = random()",
         "from random import random\nimport random as random_\nrandom_.seed(0)\nx = random()"),
        ("numpy.random", "import numpy as n\nn.random.rand()", "import numpy as n\nn.random.seed(0)\nn.random.rand()"),
        ("numpy.random", "from numpy import random as r\nr.rand()",
         "from numpy import random as r\nr.seed(0)\nr.rand()"),
        ("numpy.random", "from scipy import stats\nx = stats.norm.rvs()",
         "from scipy import stats\nimport numpy as np\nnp.random.seed(0)\nx = stats.norm.rvs()"),
        ("torch", "import torch\nx = torch.rand(1)", "import torch\ntorch.manual_seed(0)\nx = torch.rand(1)"),
    ],
)  # fmt: skip
def test_a_seed_is_set_in_the_notebooks_own_words(subject: str, before: str, after: str) -> None:
    assert fixed(subject, before, line=2) == [after]


def test_a_seed_is_set_once_before_the_first_of_all_draws() -> None:
    made = draft("import random", "a = random.random()", "b = random.random()")
    draws = {"random": {"draws": [{"generator": "random", "seeded": False, "before": "1", "after": "2", "line": 1}]}}
    fix_randomness(scene(made, cause("random", "random", 2), evidence={1: draws, 2: draws}))
    assert sources(made) == ["import random", "random.seed(0)\na = random.random()", "b = random.random()"]


def test_magics_and_comments_survive_a_seed() -> None:
    cell = "%matplotlib inline\nimport random  # drawn from\n!ls\n\nx = random.random()   # here\n"
    [after] = fixed("random", cell, line=5)
    assert after == cell.replace("x =", "random.seed(0)\nx =")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("df.sample(3)", "df.sample(3, random_state=0)"),
        ("df.sample(\n    3,  # rows\n)", "df.sample(\n    3,  # rows\nrandom_state=0)"),
        ("df.sample(n=(3))", "df.sample(n=(3), random_state=0)"),
        ("df.sample()", "df.sample(random_state=0)"),
        ("a, b = train_test_split(X[:, 0])", "a, b = train_test_split(X[:, 0], random_state=0)"),
    ],
)
def test_a_call_that_takes_a_random_state_gets_one_where_numpy_is_not_used(before: str, after: str) -> None:
    imports = "from sklearn.model_selection import train_test_split"
    assert fixed("numpy.random", imports, before, cell=1) == [imports, after]


def test_a_call_that_was_found_to_take_no_random_state_gets_a_seed() -> None:
    made = draft("mixture.sample(3)")
    made.seed_only.add("c0")
    fix_randomness(scene(made, cause("random", "numpy.random")))
    assert sources(made) == ["import numpy as np\nnp.random.seed(0)\nmixture.sample(3)"]


def test_in_a_loop_a_seed_is_set_and_no_random_state() -> None:
    [after] = fixed("numpy.random", "for _ in range(3):\n    print(df.sample(2))", line=2)
    assert after == "import numpy as np\nnp.random.seed(0)\nfor _ in range(3):\n    print(df.sample(2))"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("rng = np.random.default_rng()", "rng = np.random.default_rng(0)"),
        ("rng = np.random.default_rng( )", "rng = np.random.default_rng( 0)"),
        ("rng = np.random.RandomState(None)", "rng = np.random.RandomState(0)"),
        ("rng = np.random.RandomState(seed=None)", "rng = np.random.RandomState(seed=0)"),
        ("g = np.random.Generator(np.random.PCG64())", "g = np.random.Generator(np.random.PCG64(0))"),
        ("a, b = default_rng(), default_rng()", "a, b = default_rng(0), default_rng(1)"),
        ("a, b = default_rng(0), default_rng()", "a, b = default_rng(0), default_rng(1)"),
        ("np.random.seed()", "np.random.seed(0)"),
    ],
)
def test_what_is_made_without_a_seed_gets_one_of_its_own(before: str, after: str) -> None:
    assert fixed("a numpy generator", before) == [after]


def test_a_class_that_inherits_from_a_generator_is_made_as_that_is() -> None:
    made, die = "import random\nclass Die(random.Random):\n    pass\nclass Big(Die):\n    pass", "die = Big()"
    assert fixed("random.Random()", made, die, cell=1) == [made, "die = Big(0)"]
    own = made + "\n    def __init__(self):\n        super().__init__()"
    assert fixed("random.Random()", own, die, cell=1) == [own, die]


def test_a_global_generator_that_was_seeded_without_a_value_is_seeded_once() -> None:
    made = draft("import random\nother = random.Random(0)\nrandom.seed()\nrandom.random()")
    fix_randomness(scene(made, cause("random", "random", 0, 4), cause("random", "random.seed()", 0, 3)))
    assert sources(made) == ["import random\nother = random.Random(0)\nrandom.seed(1)\nrandom.random()"]


def test_generators_made_in_a_loop_do_not_all_draw_the_same() -> None:
    [_, after] = fixed("a numpy generator", "import numpy as np", "r = [np.random.default_rng() for _ in 'ab']", cell=1)
    assert after == "r = [np.random.default_rng(np.random.randint(2**31)) for _ in 'ab']"


def test_a_generator_that_a_function_makes_is_found_where_it_is_defined() -> None:
    made, call = "import random\ndef make():\n    return random.Random()", "make().random()"
    after = fixed("random.Random()", made, call, cell=1)
    assert after == [made.replace("Random()", "Random(random.getrandbits(64))"), call]


def test_an_id_is_derived_from_a_constant() -> None:
    [after] = fixed("uuid.uuid4()", "import uuid\nrun = uuid.uuid4()", line=2)
    assert after == "import uuid\nrun = uuid.uuid5(uuid.NAMESPACE_OID, 'run c0')"
    [after] = fixed("uuid.uuid4()", "from uuid import uuid4\nrun = uuid4()", line=2)
    assert after == "from uuid import uuid4\nimport uuid\nrun = uuid.uuid5(uuid.NAMESPACE_OID, 'run c0')"


def test_many_ids_are_drawn() -> None:
    [after] = fixed("uuid.uuid4()", "import random, uuid\nids = [uuid.uuid4() for _ in range(3)]", line=2)
    assert after.endswith("[uuid.UUID(int=random.getrandbits(128), version=4) for _ in range(3)]")


@pytest.mark.parametrize("subject", ["system", "the name of a temporary file"])
def test_what_may_be_a_key_is_not_touched(subject: str) -> None:
    cell = "import random, secrets, tempfile\nprint(secrets.token_hex(), tempfile.mktemp(), random.Random())"
    assert fixed(subject, cell, line=2) == [cell]
