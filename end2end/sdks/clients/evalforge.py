"""Sends as EvalForge's Python SDK 0.1.0 does, which is not published: batches
by `requests`, a new connection each. 201 is a success and nothing else is;
429 and what fails below HTTP are tried again after 1, 2, 4 s, and all other
answers lose the batch."""

import json
import os
import sys
import time
import uuid
from datetime import datetime, timedelta, timezone

import requests

URL, KEY = os.environ["EVALFORGE_BASE_URL"].rstrip("/"), os.environ["EVALFORGE_API_KEY"]
PROJECT = int(os.environ["EVALFORGE_PROJECT_ID"])
COUNT, BATCH, RETRIES = int(sys.argv[1]), int(sys.argv[2]), 3


def event(n: int) -> dict:
    start = datetime.now(timezone.utc)
    end = start + timedelta(milliseconds=125)
    return {
        "id": str(uuid.uuid4()),
        "project_id": PROJECT,
        "trace_id": str(uuid.uuid4()),
        "span_id": str(uuid.uuid4()),
        "parent_span_id": None,
        "operation_type": "llm_call" if n % 2 == 0 else "tool_search",
        "start_time": start.isoformat(),
        "end_time": end.isoformat(),
        "duration_ms": int((end - start).total_seconds() * 1000),
        "status": "error" if n == 3 else "success",
        "input": {"prompt": f"Frage {n} ✓"},
        "output": {"text": "Antwort"},
        "metadata": {"n": n, "nested": {"deep": [1, {"er": True}]}},
        # Their sum is not the total: the client passes on what it is given.
        "tokens": {"prompt": 5, "completion": 3, "total": 8 + n % 5},
        "cost": 0.00042 if n % 2 == 0 else 0.0,
        "provider": "openai",
        "model": "gpt-4",
    }


def send(events: list[dict]) -> list[int]:
    """The statuses of every try."""
    tries = []
    for attempt in range(RETRIES + 1):
        try:
            answer = requests.post(
                f"{URL}/sdk/v1/projects/{PROJECT}/events/batch",
                json={"events": events},
                headers={"X-API-Key": KEY, "Content-Type": "application/json"},
                timeout=30,
            )
            tries.append(answer.status_code)
            if answer.status_code != 429:
                return tries
        except requests.RequestException:
            tries.append(0)
        if attempt < RETRIES:
            time.sleep(2**attempt)
    return tries


events = [event(n) for n in range(COUNT)]
tries = [send(events[n : n + BATCH]) for n in range(0, COUNT, BATCH)]
print(json.dumps({"events": events, "tries": tries}))
