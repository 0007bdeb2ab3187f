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


@pytest.fixture(scope="session")
def new_project(server):
    """Makes a project of a user of its own."""

    def make(name: str) -> Project:
        user = User.register(server.url, f"user-{next(numbers)}@example.com")
        return user.create_project(name[:100])

    return make


@pytest.fixture
def project(new_project, request) -> Project:
    """A project for one test."""
    return new_project(request.node.name)


@pytest.fixture
def relay(server):
    """A relay to the server that sees what passes, and can be told to misbehave."""
    with Relay(server.port) as relay:
        yield relay


@pytest.fixture(scope="session")
def fake_openai():
    """An OpenAI that answers the same every time."""
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture(scope="session")
def run(tmp_path_factory) -> Runner:
    """Runs the programs that use the SDKs."""
    folder = os.environ.get("EVENTGLASS_SDKS") or default_folder()
    return Runner(pathlib.Path(folder), tmp_path_factory.mktemp("programs"))


@pytest.fixture(autouse=True)
def nobody_else_is_called(run):
    """Fails a test whose SDK asked for an address that is not loopback."""
    yield
    assert run.strangers() == []


def default_folder() -> pathlib.Path:
    """Where scripts/setup.sh --test installs the SDKs."""
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(cache) / "eventglass" / "sdks"
