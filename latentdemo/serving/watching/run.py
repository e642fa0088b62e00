"""The one run of a watched training: its process, and what it shows in its folder."""

import json
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

TOLD = "told.json"  # as `training.reports.watch` names it; the app does not import it
ENDS = {130: "stopped", 0: "done"}  # by the exit code of train.py
HELD = 300.0  # seconds that a stopped or finished run is reserved for the browser that started it


@dataclass
class Run:
    """What is known of the one run.

    Attributes:
        recipe: key of RECIPES.
        name: of its checkpoint.
        key: who knows it steers the run.
        folder: its own, of state and checkpoint.
        begun: when its process was last started, seconds since 1970.
        wished: all that was wished for since it was last started: a wish that nobody has read yet is not lost.
        output: what its processes printed; a file without a name, which outlives the folder.
    """

    recipe: str
    name: str
    key: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    kept: bool = False
    failure: str | None = None
    begun: float = 0.0
    wished: dict[str, Any] = field(default_factory=dict)
    output: IO[bytes] = field(default_factory=lambda: tempfile.TemporaryFile("a+b"))  # noqa: SIM115  (open for long)

    @property
    def watched(self) -> Path:
        """Where it shows itself."""
        return self.folder / "runs" / self.name / "watch"

    def told(self) -> dict[str, Any]:
        """What it shows; nothing before its first step."""
        try:
            return json.loads((self.watched / TOLD).read_bytes())
        except (OSError, ValueError):
            return {}

    def told_at(self) -> float:
        """When it last showed itself, seconds since 1970; 0: never."""
        try:
            return (self.watched / TOLD).stat().st_mtime
        except OSError:
            return 0.0

    def printed(self) -> str:
        """What its processes have printed since the run was last started."""
        if self.output.closed:  # the run was replaced
            return ""
        self.output.seek(0)
        return self.output.read().decode(errors="replace").replace("\r", "\n")

    def state(self) -> str:
        """ "starting", "training", "measuring", "stopped", "done" or "failed"."""
        code = None if self.process is None else self.process.poll()
        if code is not None:
            return ENDS.get(code, "failed")
        told = self.told().get("state")
        if told == "stopped":  # it is about to end; or goes on, and has not told of it yet
            return "starting" if self.told_at() < self.begun else "stopping"
        return told if told in ("training", "measuring") else "starting"

    def waits(self) -> float:
        """Seconds for which it is still held for who began it."""
        if self.kept or self.state() not in ENDS.values():
            return 0.0
        return max(0.0, HELD - (time.time() - self.told_at()))
