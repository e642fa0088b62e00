"""Start: from the command to the first answer, against importing Gradio and torch alone.

python -m benchmarks.start
"""

import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUNDS, PORT = 5, 7899
QUIET = {**os.environ, "OMP_NUM_THREADS": "1", "GRADIO_ANALYTICS_ENABLED": "False"}


def import_seconds() -> float:
    """Seconds of a process that imports Gradio and torch and ends."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import gradio, torch"], env=QUIET, check=True)
    return time.perf_counter() - start


def start_seconds() -> float:
    """Seconds until the app has answered a request for its page."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "app.py", "--port", str(PORT)], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=10) as answer:
                    answer.read()
                return time.perf_counter() - start
            except urllib.error.URLError:
                time.sleep(0.02)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Print both medians and their ratio; the two take turns."""
    pairs = [(import_seconds(), start_seconds()) for _ in range(ROUNDS)]
    imports, starts = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"import gradio, torch {imports:.2f} s; start to first answer {starts:.2f} s; ratio {starts / imports:.2f} "
          f"(medians of {ROUNDS})")  # fmt: skip


if __name__ == "__main__":
    main()
