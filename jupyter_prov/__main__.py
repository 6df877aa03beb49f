"""`jupyter prov` and `python -m jupyter_prov`."""

from jupyter_prov.record.import_path import leave_working_folder_out


def main() -> int:
    """Run the command line in a process of its own; gives its exit code."""
    leave_working_folder_out()  # before anything else is imported, lest a file there stands for the standard library
    from jupyter_prov import cli

    return cli.main()


if __name__ == "__main__":
    raise SystemExit(main())
