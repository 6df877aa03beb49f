"""What a clean re-run inherits: nothing that leads into an environment, all that says how an index is reached."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_prov.check.launch_variables import clean

GONE = """
    VIRTUAL_ENV VIRTUAL_ENV_PROMPT CONDA_PREFIX CONDA_PREFIX_1 CONDA_DEFAULT_ENV CONDA_EXE CONDA_PYTHON_EXE CONDA_SHLVL
    _CE_CONDA _CE_M _CONDA_ROOT MAMBA_ROOT_PREFIX MAMBA_EXE PIXI_PROJECT_ROOT PIXI_ENVIRONMENT_NAME PIPENV_ACTIVE
    PIPENV_CUSTOM_VENV_NAME POETRY_ACTIVE POETRY_VIRTUALENVS_PATH PDM_PYTHON PDM_PROJECT_ROOT HATCH_ENV_ACTIVE HATCH_ENV
    PIP_TARGET PIP_PREFIX PIP_USER PIP_PYTHON PIP_ROOT PIP_REQUIRE_VIRTUALENV PIP_CONSTRAINT PIP_BREAK_SYSTEM_PACKAGES
    UV_PROJECT_ENVIRONMENT UV_PYTHON UV_SYSTEM_PYTHON UV_PROJECT UV_WORKING_DIR UV_TOOL_DIR UV_ENV_FILE
    PYTHONPATH PYTHONHOME PYTHONUSERBASE PYTHONSTARTUP PYTHONEXECUTABLE PYTHONPLATLIBDIR PYTHONPYCACHEPREFIX
    PYTHONNOUSERSITE PYENV_VERSION PYENV_VIRTUAL_ENV __PYVENV_LAUNCHER__ PY_PYTHON WORKON_HOME RYE_HOME MISE_SHELL
""".split()
STAYS = """
    PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST PIP_CERT PIP_CLIENT_CERT PIP_FIND_LINKS PIP_NO_INDEX PIP_PROXY
    PIP_KEYRING_PROVIDER PIP_DEFAULT_TIMEOUT PIP_CACHE_DIR UV_INDEX UV_DEFAULT_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL
    UV_INDEX_COMPANY_USERNAME UV_INDEX_COMPANY_PASSWORD UV_SYSTEM_CERTS UV_NATIVE_TLS UV_INSECURE_HOST UV_CACHE_DIR
    HTTP_PROXY https_proxy NO_PROXY SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE NETRC HOME LANG TERM
    AWS_PROFILE OMP_NUM_THREADS PIPELINE_STAGE UVICORN_PORT POETRY_HTTP_BASIC_COMPANY_PASSWORD CONDA_SSL_VERIFY
""".split()


def test_what_names_an_environment_goes_and_what_names_an_index_stays() -> None:
    environ = dict.fromkeys(GONE + STAYS, "value")
    assert sorted(clean(environ)) == sorted(STAYS)


@pytest.fixture(params=["pyvenv.cfg", "conda-meta", "lib/python3.12"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A virtual environment, one of conda's, or a Python of pyenv's."""
    home = tmp_path / "environment"
    (home / "bin").mkdir(parents=True)
    mark = home / request.param
    if mark.suffix == ".cfg":
        mark.touch()
    else:
        mark.mkdir(parents=True)
        (mark / "os.py").touch()
    return home


def test_paths_into_an_environment_go_whatever_their_variable(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(environment / "bin")
    other = str(tmp_path / "other" / "bin")
    kept = clean(
        {
            "PATH": os.pathsep.join((f"{environment}/bin", other, str(tmp_path / "link"), "/usr/bin", "relative")),
            "GDAL_DATA": f"{environment}/share/gdal",
            "LD_LIBRARY_PATH": f"{environment}/lib{os.pathsep}/usr/lib",
            "JAVA_HOME": str(environment),
            "DATA": f"{environment}/data/file.csv",
            "SSL_CERT_FILE": f"{environment}/ssl/cacert.pem",
            "URL": "https://host/a:b",
            "EMPTY": "",
        }
    )
    assert kept == {
        "PATH": os.pathsep.join((other, "/usr/bin", "relative")),
        "LD_LIBRARY_PATH": "/usr/lib",
        "DATA": f"{environment}/data/file.csv",
        "SSL_CERT_FILE": f"{environment}/ssl/cacert.pem",
        "URL": "https://host/a:b",
        "EMPTY": "",
    }


def test_shims_that_choose_an_interpreter_go(tmp_path: Path) -> None:
    shims = tmp_path / "shims"
    shims.mkdir()
    assert clean({"PATH": str(shims)}) == {"PATH": str(shims)}
    (shims / "python").touch()
    assert clean({"PATH": f"{shims}{os.pathsep}/bin"}) == {"PATH": "/bin"}
