"""Why a live session would not reproduce: order, reasons, summary, and the state of its inputs."""
