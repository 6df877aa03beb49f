"""`python -m jupyter_prov` is `jupyter prov`."""

from jupyter_prov.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
