"""`jupyter prov` and `python -m jupyter_prov`."""

from jupyter_prov.record.hide_imports import hidden
from jupyter_prov.record.import_path import leave_working_folder_out

_GRAMMAR = "rfc3987_syntax"
"""The grammar of one string format, which jsonschema takes longer to load than a check takes for all the rest."""


def main() -> int:
    """Run the command line in a process of its own; gives its exit code."""
    leave_working_folder_out()  # before anything else is imported, lest a file there stands for the standard library
    with hidden(_GRAMMAR):
        from jupyter_prov import cli

        return cli.main()


if __name__ == "__main__":
    raise SystemExit(main())
