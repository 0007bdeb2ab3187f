"""Sends as WatchLLM's Python client 0.1.0 does, which is not published: one
POST an event by `requests`, timestamps in UTC without a zone, three tries a
second and two apart after anything but a success, logged only for 202."""

import json
import os
import time
import traceback
import uuid
from datetime import datetime, timezone

import requests

URL, KEY, PROJECT = os.environ["WATCHLLM_HOST"], os.environ["WATCHLLM_API_KEY"], os.environ["WATCHLLM_PROJECT"]
told = []


def capture(kind: str, body: dict, context: dict | None = None):
    event = {
        "eventId": str(uuid.uuid4()),
        "projectId": PROJECT,
        "type": kind,
        "timestamp": datetime.now(timezone.utc).replace(tzinfo=None).isoformat(),
        "sdk": {"name": "watchllm-python", "version": "0.1.0"},
        "context": context or {},
        "body": body,
    }
    tries = []
    for attempt in range(3):
        try:
            answer = requests.post(f"{URL}/api/v1/events", json=event, headers={"X-API-Key": KEY}, timeout=5)
            tries.append(answer.status_code)
        except requests.RequestException:
            tries.append(0)
        if tries[-1] == 202:
            break
        if attempt < 2:
            time.sleep(2**attempt)
    told.append({"id": event["eventId"], "at": event["timestamp"], "tries": tries})


capture("log", {"message": "lamps loaded", "level": "warning"}, {"userId": "ada", "sessionId": "visit-9"})
try:
    raise ValueError("no lamp")
except ValueError as error:
    capture("error", {"type": "ValueError", "message": str(error), "stacktrace": traceback.format_exc()})
capture(
    "token_usage",
    {"model": "gpt-4o", "inputTokens": 10, "outputTokens": 5, "totalTokens": 15, "cost": 0.0},
)
print(json.dumps({"events": told}))
