"""A trace of Chromium in; out, how long each frame kept the main thread of the page."""

import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

TASK, FRAME = "ThreadControllerImpl::RunTask", "FireAnimationFrame"
SAME_FRAME = 4000  # microseconds: callbacks closer than that are of one frame


def frames(path: Path) -> list[float]:
    """Milliseconds of work on the main thread between one animation frame and the next.

    Source:
        Chromium's trace event format: X events last `dur` microseconds from `ts` on.
    """
    events: list[dict[str, Any]] = json.loads(path.read_text())["traceEvents"]
    fired = [event for event in events if event["name"] == FRAME]
    (thread, _) = Counter((event["pid"], event["tid"]) for event in fired).most_common(1)[0]
    starts: list[float] = []
    for time in sorted(event["ts"] for event in fired if (event["pid"], event["tid"]) == thread):
        if not starts or time - starts[-1] > SAME_FRAME:
            starts.append(time)
    tasks = sorted(
        (event["ts"], event.get("dur", 0))
        for event in events
        if event["name"] == TASK and event["ph"] == "X" and (event["pid"], event["tid"]) == thread
    )
    busy, at = [], 0
    for start, end in itertools.pairwise(starts):
        while at < len(tasks) and tasks[at][0] < start:
            at += 1
        spent, k = 0.0, at
        while k < len(tasks) and tasks[k][0] < end:
            spent += tasks[k][1]
            k += 1
        busy.append(spent / 1000)
    return busy
