"""The public API, as a person uses it."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass


class ApiError(AssertionError):
    """An answer that was not a success."""


def call(url: str, method="GET", body=None, token=None):
    """One request; the JSON of its answer."""
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise ApiError(f"{method} {url}: {error.code} {error.read().decode(errors='replace')}") from None


@dataclass
class User:
    """Somebody who is logged in."""

    url: str
    token: str

    @classmethod
    def register(cls, url: str, email: str) -> "User":
        session = call(f"{url}/api/auth/register", "POST", {"email": email, "password": "correct horse"})
        return cls(url, session["token"])

    def create_project(self, name: str) -> "Project":
        created = call(f"{self.url}/api/v1/projects", "POST", {"name": name}, self.token)
        return Project(self, created["project"]["id"], created["api_key"])


@dataclass
class Project:
    """A project, and the key that was shown when it was created."""

    user: User
    id: int
    key: str

    @property
    def url(self) -> str:
        return self.user.url

    def otlp(self, service: str, url: str | None = None) -> dict[str, str]:
        """What a user of an OpenTelemetry SDK sets."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": url or self.url,
            "OTEL_EXPORTER_OTLP_HEADERS": f"x-api-key={self.key}",
            "OTEL_SERVICE_NAME": service,
        }

    def get(self, path: str, **query):
        """`GET` below the project."""
        query = f"?{urllib.parse.urlencode(query)}" if query else ""
        return call(f"{self.url}/api/v1/projects/{self.id}{path}{query}", token=self.user.token)

    def limit(self, **limits):
        """Sets limits of the project; `None` takes one away."""
        path = f"{self.url}/api/v1/projects/{self.id}/settings"
        call(path, "PATCH", {"limits": limits}, self.user.token)

    def summaries(self, **query) -> list[dict]:
        """All events without their payloads, page by page, oldest first."""
        found, cursor = [], {}
        while True:
            page = self.get("/events", limit=200, **cursor, **query)
            found += page["items"]
            if not page["next_cursor"]:
                return found[::-1]
            cursor = {"cursor": page["next_cursor"]}

    def events(self, **query) -> list[dict]:
        """All events, whole, oldest first. No two have one id."""
        ids = [event["event_id"] for event in self.summaries(**query)]
        assert len(ids) == len(set(ids)), "an event was stored twice"
        return [self.event(event_id) for event_id in ids]

    def event(self, event_id: str) -> dict:
        """One event, whole, by the client's id."""
        return self.get(f"/events/{urllib.parse.quote(event_id, safe='')}")

    def by_name(self, **query) -> dict[str, dict]:
        """All events, whole, by their names, of which no two are equal."""
        events = self.events(**query)
        named = {event["name"]: event for event in events}
        assert len(named) == len(events), [event["name"] for event in events]
        return named

    def senders(self) -> list[dict]:
        """Who has sent, as the page on ingestion tells it: door, SDK, counts."""
        return self.get("/ingest")["senders"]
