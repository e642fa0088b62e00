"""Run the dashboard: python app.py [--host HOST] [--port PORT] [--share] [--checkpoints FOLDER] [--data-dir FOLDER]."""

import sys

from latentdemo.commands import app

if __name__ == "__main__":
    sys.exit(app())
