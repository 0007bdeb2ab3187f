"""That no SDK calls home is worth something only if it would be noticed."""

import pathlib

GUARD = pathlib.Path(__file__).parent / "guard"
BY_ADDRESS = """
import socket
try: socket.create_connection(("192.0.2.1", 80), 1)
except OSError as error: print('"%s"' % error)
"""
BY_NAME = """
import socket
try: socket.getaddrinfo("home.example", 443)
except OSError as error: print('"%s"' % error)
"""
JAVASCRIPT = """
try { require("node:net").connect(80, "192.0.2.2") } catch (error) { console.log(JSON.stringify(error.message)) }
fetch("http://home2.example/").then(() => process.exit(1), () => {})
"""

def test_calls_to_strangers_are_noticed(run, tmp_path):
    interpreter = run.sdks / "otel" / "bin" / "python"
    for program in (BY_ADDRESS, BY_NAME):
        process = run.start([interpreter, "-c", program], PYTHONPATH=str(GUARD))
        assert "only loopback" in run.wait(process).told
    javascript = tmp_path / "stranger.cjs"
    javascript.write_text(JAVASCRIPT)
    finished = run.wait(run.start(["node", "--require", GUARD / "loopback.cjs", javascript]))
    assert "only loopback" in finished.told
    assert run.strangers() == ["192.0.2.1", "home.example", "192.0.2.2", "home2.example"]
