"""Runs the programs that use the SDKs, each in a process of its own: what an
SDK registers for a whole process, or does at its end, is part of the test."""

import json
import os
import pathlib
import subprocess
import sys
import time
from dataclasses import dataclass

HERE = pathlib.Path(__file__).parents[1]

#: No SDK may call home, and what tries all the same meets a proxy that is not there.
QUIET = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1,localhost",
    "TRACELOOP_TELEMETRY": "false",
    "DO_NOT_TRACK": "1",
    "ANONYMIZED_TELEMETRY": "false",
    "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass
class Finished:
    """What a program left: the JSON that it printed, what it wrote to its
    log, and how long it took in seconds."""

    told: dict
    log: str
    seconds: float


class Runner:
    """Runs programs and notes whom they call."""

    def __init__(self, sdks: pathlib.Path, folder: pathlib.Path):
        self.sdks = sdks
        self.folder = folder
        self.calls = folder / "strangers"

    def python(self, venv: str, program: str, *arguments: str, timeout=60, **environment: str) -> Finished:
        """Runs clients/PROGRAM with the packages of requirements/VENV.txt."""
        return self.wait(self.start_python(venv, program, *arguments, **environment), timeout)

    def start_python(self, venv: str, program: str, *arguments: str, **environment: str) -> subprocess.Popen:
        interpreter = self.sdks / venv / "bin" / "python"
        assert interpreter.exists(), f"{venv} is not installed: run scripts/setup.sh --test"
        command = [interpreter, HERE / "clients" / program, *arguments]
        return self.start(command, PYTHONPATH=str(HERE / "guard"), **environment)

    def node(self, program: str, *arguments: str, timeout=60, **environment: str) -> Finished:
        """Runs javascript/PROGRAM with the packages beside it."""
        assert (HERE / "javascript" / "node_modules").exists(), "run scripts/setup.sh --test"
        command = ["node", "--require", HERE / "guard" / "loopback.cjs", HERE / "javascript" / program, *arguments]
        return self.wait(self.start(command, **environment), timeout)

    def start(self, command, **environment: str) -> subprocess.Popen:
        # Nothing that happens to be set on this machine may change what an SDK does.
        foreign = ("OTEL_", "LANGFUSE_", "OPENAI_", "TRACELOOP_", "PYTHON", "NODE_", "PIP_")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(foreign) and "proxy" not in k.lower()}
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            env={**inherited, **QUIET, "STRANGERS": str(self.calls), **environment},
            text=True,
        )
        process.started = time.monotonic()
        return process

    def wait(self, process: subprocess.Popen, timeout=60) -> Finished:
        """The end of a program, which must be a success."""
        try:
            out, log = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, log = process.communicate()
            raise AssertionError(f"did not end in {timeout} s:\n{log}") from None
        seconds = time.monotonic() - process.started
        assert process.returncode == 0, f"exit {process.returncode}:\n{out}\n{log}"
        if log:
            print(log, file=sys.stderr)
        return Finished(json.loads(out) if out.strip() else {}, log, seconds)

    def strangers(self) -> list[str]:
        """The addresses outside loopback that programs asked for since the last time."""
        strangers = self.calls.read_text().split() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return strangers
