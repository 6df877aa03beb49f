"""Where a package came from, as the record keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_prov.record.direct_url import direct_url

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def git(url: str, **more: Any) -> dict[str, Any]:
    return {"url": url, "vcs_info": {"vcs": "git", "commit_id": COMMIT, **more}}


@pytest.mark.parametrize(
    ("origin", "kept"),
    [
        (git("https://ada:pw@github.com/o/r.git"), git("https://github.com/o/r.git")),
        (git("https://a@b:p/w@github.com/o/r.git"), git("https://…")),
        (git("https://${USER}:${PW}@github.com/o/r.git"), git("https://github.com/o/r.git")),
        (git("ssh://git@github.com/o/r.git"), git("ssh://git@github.com/o/r.git")),
        (git("https://g.org/r.git?private_token=x#egg"), git("https://g.org/r.git?private_token=…")),
        (git("https://g.org/r.git", requested_revision="feature/v1.2"),
         git("https://g.org/r.git", requested_revision="feature/v1.2")),
        (git("https://g.org/r.git", requested_revision=COMMIT), git("https://g.org/r.git", requested_revision=COMMIT)),
        (git("https://g.org/r.git", requested_revision="ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
         git("https://g.org/r.git", requested_revision="…")),
        (git("https://g.org/r.git", commit_id="not a commit"),
         {"url": "https://g.org/r.git", "vcs_info": {"vcs": "git"}}),
        (git("https://g.org/r.git", vcs="hunter2"),
         {"url": "https://g.org/r.git", "vcs_info": {"commit_id": COMMIT}}),
        (git("https://g.org/r.git", other="hunter2"), git("https://g.org/r.git")),
        ({"url": f"https://a.org/{SHA}/x.whl?t=1", "archive_info": {"hash": f"sha256={SHA}", "note": "x"}},
         {"url": f"https://a.org/{SHA}/x.whl?t=…",
          "archive_info": {"hash": f"sha256={SHA}", "hashes": {"sha256": SHA}}}),
        ({"url": f"https://a.org/{SHA[::-1]}/x.whl", "archive_info": {"hashes": {"sha256": SHA, "x": "pw"}}},
         {"url": "https://a.org/…/x.whl", "archive_info": {"hashes": {"sha256": SHA}}}),
        ({"url": f"https://g.org/o/r/archive/{COMMIT}.zip", "archive_info": {}},
         {"url": "https://g.org/o/r/archive/…", "archive_info": {}}),
        ({"url": "file:///home/ada/p", "dir_info": {"editable": True, "x": 1}, "subdirectory": "a/b"},
         {"url": "file:///home/ada/p", "dir_info": {"editable": True}, "subdirectory": "a/b"}),
    ],
)  # fmt: skip
def test_what_pins_the_content_stays_and_nothing_that_may_be_a_secret(
    origin: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert direct_url(origin) == kept


@pytest.mark.parametrize("origin", [None, [], "x", {}, {"url": None}, {"url": 5}])
def test_other_values_are_no_origin(origin: Any) -> None:
    assert direct_url(origin) is None
