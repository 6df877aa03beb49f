# Loads jupyter_prov into every IPython kernel of this environment, and does nothing in a terminal.
# It runs in the user's namespace, so it leaves no name there: no docstring and no import at the top.


def _load_jupyter_prov():
    shell = get_ipython()
    if getattr(shell, "kernel", None) is None:
        return
    try:
        shell.extension_manager.load_extension("jupyter_prov")
    except BaseException:  # the panic of a native library is no Exception
        # A broken or missing jupyter_prov must cost the user neither a kernel nor a line of output.
        import logging

        logging.getLogger("jupyter_prov").debug("jupyter_prov was not loaded", exc_info=True)


try:
    _load_jupyter_prov()
finally:
    del _load_jupyter_prov
