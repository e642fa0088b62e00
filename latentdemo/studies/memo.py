"""What a study has found so far, in a file: a stopped one goes on from there."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latentdemo.store.files import write_atomically

log = logging.getLogger("latentdemo")


class Memo:
    """Results by name; what JSON can hold."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}

    def once(self, key: str, find: Callable[[], Any]) -> Any:
        """What was found under a key, or what `find` finds now."""
        if key not in self._found:
            self._found[key] = find()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path, json.dumps(self._found).encode())
            log.info("%s: %s", key, str(self._found[key])[:80])
        return self._found[key]

    def forget(self) -> None:
        """Nothing is left to go on with."""
        self.path.unlink(missing_ok=True)
