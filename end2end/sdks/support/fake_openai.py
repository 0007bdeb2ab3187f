"""An OpenAI-compatible server that answers the same every time: chat, also
streamed and with a tool call, and embeddings."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = "gpt-4o-mini-2024-07-18"
USAGE = {
    "prompt_tokens": 21,
    "completion_tokens": 9,
    "total_tokens": 30,
    "prompt_tokens_details": {"cached_tokens": 16},
    "completion_tokens_details": {"reasoning_tokens": 4},
}
WORDS = ["Pangolins ", "are ", "scaly."]
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Oslo"}'},
}


class FakeOpenAI:
    """On a loopback port of its own; `url` is what a client's base URL is set to."""

    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def completion(message: dict, reason: str) -> dict:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}],
        "usage": USAGE,
        "system_fingerprint": "fp_1",
    }


def chunks(asked: dict):
    """The pieces of a streamed answer; the usage comes last, for who asks."""

    def chunk(delta, reason=None, **more):
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": reason}]
        whole = {"id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": MODEL}
        return whole | {"choices": choices} | more

    yield chunk({"role": "assistant", "content": ""})
    for word in WORDS:
        yield chunk({"content": word})
    yield chunk({}, "stop")
    if (asked.get("stream_options") or {}).get("include_usage"):
        yield chunk(None, usage=USAGE)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/v1/embeddings":
            texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
            data = [{"object": "embedding", "index": n, "embedding": [0.1, 0.2]} for n, _ in enumerate(texts)]
            usage = {"prompt_tokens": 5, "total_tokens": 5}
            self.answer(200, {"object": "list", "model": "text-embedding-3-small", "data": data, "usage": usage})
        elif self.path != "/v1/chat/completions":
            self.answer(404, {"error": {"message": "no such route"}})
        elif asked["model"] == "unknown":
            error = {"message": "The model does not exist", "type": "invalid_request_error", "code": "model_not_found"}
            self.answer(404, {"error": error})
        elif asked.get("stream"):
            self.stream(asked)
        elif asked.get("tools") and asked["messages"][-1]["role"] == "user":
            self.answer(200, completion({"role": "assistant", "content": None, "tool_calls": [CALL]}, "tool_calls"))
        else:
            self.answer(200, completion({"role": "assistant", "content": "".join(WORDS)}, "stop"))

    def answer(self, status: int, body: dict):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, asked: dict):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for chunk in chunks(asked):
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def log_message(self, *_):
        pass
