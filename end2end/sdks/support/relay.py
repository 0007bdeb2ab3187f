"""Stands between an SDK and the server: sees each request and its answer, and
can be told to refuse, or to lose an answer that the server has given."""

import http.client
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


@dataclass
class Exchange:
    """A request and what was answered; `status` 0: the answer was lost."""

    method: str
    path: str
    headers: dict[str, str]
    request: bytes
    status: int
    answer: bytes = b""
    answer_headers: dict[str, str] = field(default_factory=dict)


class Relay:
    """On a loopback port of its own. `faults` of a path are used up one a
    request: "refuse" answers 503 itself, "lose" passes the request on and then
    closes the connection without an answer, "" does neither."""

    def __init__(self, port: int):
        self.port_behind = port
        self.exchanges: list[Exchange] = []
        self.faults: dict[str, list[str]] = {}
        self.lock = threading.Lock()
        handler = type("Handler", (Handler,), {"relay": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def fault(self, path: str) -> str:
        with self.lock:
            faults = self.faults.get(path)
            return faults.pop(0) if faults else ""

    def statuses(self, path: str) -> list[int]:
        """What was answered on a path, in order."""
        return [exchange.status for exchange in self.exchanges if exchange.path == path]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    relay: Relay

    def handle_any(self):
        body = self.read_body()
        exchange = Exchange(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body, 0)
        fault = self.relay.fault(self.path)
        if fault == "refuse":
            exchange.status, exchange.answer_headers = 503, {"content-length": "0"}
        else:
            self.pass_on(exchange)
        if fault == "lose":
            exchange.status = 0
        self.relay.exchanges.append(exchange)
        if fault == "lose":
            self.close_connection = True
            return
        self.send_response_only(exchange.status)
        for name, value in exchange.answer_headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("content-length", str(len(exchange.answer)))
        self.end_headers()
        self.wfile.write(exchange.answer)

    do_GET = do_POST = do_PATCH = do_PUT = handle_any

    def read_body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def pass_on(self, exchange: Exchange):
        headers = {k: v for k, v in exchange.headers.items() if k not in HOP_BY_HOP}
        behind = http.client.HTTPConnection("127.0.0.1", self.relay.port_behind, timeout=30)
        try:
            behind.request(exchange.method, exchange.path, exchange.request, headers)
            answer = behind.getresponse()
            exchange.status, exchange.answer = answer.status, answer.read()
            exchange.answer_headers = dict(answer.getheaders())
        finally:
            behind.close()

    def log_message(self, *_):
        pass
