"""The program under test."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request


class Server:
    """`eventglass serve` on a free loopback port with an empty folder, which
    is gone afterwards."""

    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="eventglass-sdks-"))
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """Starts, and waits until it is ready."""
        log = open(self.folder / "log", "ab")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("EVENTGLASS_")}
        self.process = subprocess.Popen(
            [binary(), "serve", "--addr", f"127.0.0.1:{self.port}", "--data", self.folder / "data"],
            stdout=log,
            stderr=log,
            cwd=self.folder,
            env=environment,
        )
        log.close()
        deadline = time.monotonic() + 20
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"the server did not start:\n{self.log()}")
            time.sleep(0.05)

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self, how=signal.SIGTERM):
        """Ends it; with SIGKILL as a crash would."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


def binary() -> str:
    """The program that `EVENTGLASS_BIN` names, else the one that `cargo build` made."""
    given = os.environ.get("EVENTGLASS_BIN")
    root = pathlib.Path(__file__).parents[3]
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or root / "target")
    path = pathlib.Path(given).resolve() if given else target / "debug" / "eventglass"
    if not path.exists():
        raise AssertionError(f"there is no {path}: build it, or set EVENTGLASS_BIN, or run `make test-sdks`")
    return str(path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
