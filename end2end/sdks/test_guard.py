"""That no SDK calls home is worth something only if it would be noticed."""

import json


def test_calls_to_strangers_are_noticed(run, tmp_path):
    python = "import socket\ntry: socket.create_connection(('192.0.2.1', 80), 1)\nexcept OSError as e: print('\"%s\"' % e)"
    by_name = "import socket\ntry: socket.getaddrinfo('home.example', 443)\nexcept OSError as e: print('\"%s\"' % e)"
    guard = str(__import__("pathlib").Path(__file__).parent / "guard")
    interpreter = run.sdks / "otel" / "bin" / "python"
    for program in (python, by_name):
        assert "only loopback" in run.wait(run.start([interpreter, "-c", program], PYTHONPATH=guard)).told
    javascript = tmp_path / "stranger.cjs"
    javascript.write_text(
        'try { require("node:net").connect(80, "192.0.2.2") } catch (e) { console.log(JSON.stringify(e.message)) }\n'
        'fetch("http://home2.example/").then(() => process.exit(1), () => {})\n'
    )
    finished = run.wait(run.start(["node", "--require", f"{guard}/loopback.cjs", javascript]))
    assert "only loopback" in json.dumps(finished.told)
    assert run.strangers() == ["192.0.2.1", "home.example", "192.0.2.2", "home2.example"]
    run.calls.unlink()
