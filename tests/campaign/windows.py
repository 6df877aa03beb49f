"""Who ran what: notebooks, windows and consoles that share kernels, and notebooks whose cells lose their ids.

After each scenario every saved notebook has a record in which each of its outputs is put down to the execution that
made it, and every execution to this notebook's cell or to none: never to another's.
"""

from __future__ import annotations

import queue
import random
import sys
from contextlib import ExitStack

from tests.campaign.figure import Figure, command
from tests.campaign.people import Server, server, until
from tests.campaign.truth import wrong_of
from tests.campaign.window_scenarios import SCENARIOS, WITH_JUPYTEXT


def campaign(tries: int, seed: int) -> list[Figure]:
    """Act scenarios of windows, kernels and lost ids on real servers."""
    figure = Figure("each output and each execution in a record is put down to the cell that made it")
    names = sorted(SCENARIOS)
    chosen = names if tries >= len(names) else random.Random(seed).sample(names, tries)
    with ExitStack() as stack:
        servers: dict[bool, Server] = {}
        for name in chosen:
            text = name in WITH_JUPYTEXT
            if text not in servers:
                servers[text] = stack.enter_context(server(jupytext=text))
            figure.count(*(f"{name}: {sentence}" for sentence in _acted(name, servers[text])))
    return [figure]


def _acted(name: str, at: Server) -> list[str]:
    """What is wrong after one scenario."""
    at.clear()
    (at.root / name).mkdir()
    try:
        windows = SCENARIOS[name](at, name)
    except (OSError, RuntimeError, queue.Empty, LookupError) as error:
        return [f"{type(error).__name__}: {error}"]
    until(lambda: not any(wrong_of(window) for window in windows))
    return [sentence for window in windows for sentence in wrong_of(window)]


def main(argv: list[str] | None = None) -> int:
    """Run the campaign as a command."""
    return command(campaign, len(SCENARIOS), argv)


if __name__ == "__main__":
    sys.exit(main())
