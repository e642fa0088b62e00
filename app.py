"""Run the dashboard: python app.py [--host HOST] [--port PORT] [--share] [--data-dir FOLDER]."""

import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: a picture is one thread's work, and visitors are many

from latentdemo.server import main

if __name__ == "__main__":
    sys.exit(main())
