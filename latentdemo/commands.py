"""The two commands that an installed package has; app.py and train.py call them too."""

import os

from latentdemo import interrupts
from latentdemo.options import TRAIN_NAME


def app() -> int:
    """Run the dashboard; returns the exit status."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: a picture is one thread's work, visitors are many
    from latentdemo.server import main

    return main()


def train() -> int:
    """Train a model; returns the exit code, which `latentdemo.trainer.main` documents."""
    interrupts.exit_at_once(TRAIN_NAME)  # before torch is imported, which takes seconds
    try:
        from latentdemo.trainer import main

        return main()
    except KeyboardInterrupt:  # a second signal, while the first was handled
        return interrupts.STOPPED
    finally:
        interrupts.ignore()
