"""What every test gets: a running server, a project of its own in it, and
things that stand between an SDK and the server."""

import itertools
import os
import pathlib

import pytest

from support.api import Project, User
from support.fake_openai import FakeOpenAI
from support.relay import Relay
from support.run import Runner
from support.server import Server

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server():
    """One `eventglass serve` for all tests, in an empty folder."""
    with Server() as server:
        yield server


@pytest.fixture
def project(server, request) -> Project:
    """A project of its own user."""
    user = User.register(server.url, f"user-{next(numbers)}@example.com")
    return user.create_project(request.node.name[:100])


@pytest.fixture
def relay(server):
    """A relay to the server that sees what passes, and can be told to misbehave."""
    with Relay(server.port) as relay:
        yield relay


@pytest.fixture
def fake_openai():
    """An OpenAI that answers the same every time."""
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
def run(tmp_path):
    """Runs an SDK's program; fails if any of them asked for an address that is not loopback."""
    runner = Runner(pathlib.Path(os.environ.get("EVENTGLASS_SDKS") or default_folder()), tmp_path)
    yield runner
    assert runner.strangers() == [], "an SDK called somebody else"


def default_folder() -> pathlib.Path:
    """Where scripts/setup.sh --test installs the SDKs."""
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(cache) / "eventglass" / "sdks"
