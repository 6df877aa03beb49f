"""Starts an IPython kernel that finds the kernel part in an overlay: `python launch.py OVERLAY …ipykernel's own…`."""

import sys

if __name__ == "__main__":
    overlay = sys.argv.pop(1)
    sys.path[0:1] = []  # the folder of this script
    sys.path.append(overlay)
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
