"""The judge: runs a page's code under the real nemo_run and fiddle, each piece in a process of its own.

Importing nemo_run takes over a second, so one server process imports it once and forks a fresh child for every
piece. Run as a program this module is that server; `Judge` is its client.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RECIPE = "recipe"


@dataclass
class Judge:
    """A running server; use it as a context manager."""

    python: str = sys.executable
    _server: subprocess.Popen[str] | None = field(default=None, init=False)

    def __enter__(self) -> Judge:
        command = [self.python, str(Path(__file__).resolve())]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None and self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(timeout=10)

    def run(self, files: Mapping[str, str], proof: str) -> str:
        """Write `files` into an empty directory, run `proof` there; return "" or the traceback of what failed."""
        assert self._server is not None and self._server.stdin is not None and self._server.stdout is not None
        self._server.stdin.write(json.dumps({"files": dict(files), "proof": proof}) + "\n")
        self._server.stdin.flush()
        answer = self._server.stdout.readline()
        if not answer:
            return "the judge's server ended"
        return str(json.loads(answer))


@contextlib.contextmanager
def raises(kind: type[BaseException], pattern: str = "") -> Iterator[None]:
    """Hold that the block raises `kind` with a text in which `pattern` is found."""
    try:
        yield
    except kind as error:
        found = re.search(pattern, str(error))
        if not found:
            raise AssertionError(f"{type(error).__name__} has another text: {error}") from error
    else:
        raise AssertionError(f"{kind.__name__} was not raised")


def _import_recipe() -> types.ModuleType:
    """Import `recipe.py` from the working directory."""
    import importlib

    return importlib.import_module(RECIPE)


def _given() -> dict[str, Any]:
    """The names that every proof has."""
    import fiddle
    import nemo_run
    from nemo_run.core.serialization.zlib_json import ZlibJSONSerializer

    serialize: Callable[[Any], str] = ZlibJSONSerializer().serialize
    return {
        "raises": raises,
        "run": nemo_run,
        "fdl": fiddle,
        "serialize": serialize,
        "import_recipe": _import_recipe,
    }


def _prove(directory: str, proof: str) -> None:
    """Run a proof; the names of `recipe.py` are in its scope unless it imports the file itself."""
    os.chdir(directory)
    sys.path.insert(0, directory)
    scope = _given()
    if "import_recipe()" not in proof:
        scope = {**vars(_import_recipe()), **scope}
    exec(compile(proof, "proof.py", "exec"), scope)  # noqa: S102


def _child(request: dict[str, Any], answer: int) -> None:
    """Run one request and write "" or a traceback to the descriptor `answer`."""
    with tempfile.TemporaryDirectory() as directory:
        for name, text in request["files"].items():
            path = Path(directory, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        try:
            _prove(directory, request["proof"])
            failure = ""
        except BaseException:  # noqa: BLE001 - whatever a page raises is its verdict
            failure = traceback.format_exc()
        os.chdir("/")
    os.write(answer, failure.encode("utf-8", "replace")[:60_000])


def _judge(request: dict[str, Any]) -> str:
    """Run one request in a forked child; return "" or what went wrong."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            _child(request, write)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        failure = pipe.read().decode("utf-8", "replace")
    _, status = os.waitpid(child, 0)
    return failure or (f"the process ended with status {status}" if status else "")


def _serve() -> None:
    """Answer requests, one JSON value a line, until the standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _given()
    for line in sys.stdin:
        answers.write(json.dumps(_judge(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    _serve()
