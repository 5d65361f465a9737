"""A real Chromium, driven over its debugging pipe: what a page draws, asks for and complains about."""

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --remote-debugging-pipe"
)
DRAWN = """new Promise((done, failed) => {
  const drawn = () => {
    const canvases = [];
    const walk = node => {
      if (node.tagName === "CANVAS") canvases.push(node);
      for (const child of node.childNodes) walk(child);
      if (node.shadowRoot) walk(node.shadowRoot);
    };
    walk(document);
    const inks = canvases.filter(canvas => canvas.width && canvas.height).map(canvas => {
      const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      const colours = new Set();
      for (let i = 0; i < pixels.length; i += 4)
        if (pixels[i + 3]) colours.add(pixels[i] + "," + pixels[i + 1] + "," + pixels[i + 2]);
      return [...colours];
    });
    done(inks);
  };
  setTimeout(() => failed(new Error("nothing was drawn")), 30000);
  const wait = () => {
    const page = window.Bokeh && window.Bokeh.documents[0];
    if (!page) setTimeout(wait, 20);
    else if (page.is_idle) drawn();
    else page.idle.connect(drawn);
  };
  wait();
})"""


class Browser:
    """One page in a browser of its own."""

    def __init__(self, profile: Path) -> None:
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        command = f'exec chromium {OPTIONS} --user-data-dir="$1" about:blank 3<&{their_in} 4>&{their_out}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", command, "bash", str(profile)],
            pass_fds=(their_in, their_out),
            stderr=subprocess.DEVNULL,
        )
        os.close(their_in)
        os.close(their_out)
        self._buffer, self._number, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; events that come meanwhile are kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def open(self, file: Path) -> None:
        """Open a page and wait until it is loaded."""
        self.call("Page.navigate", url=file.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._read())

    def evaluate(self, script: str) -> Any:
        """The value of a script in the page, awaited where it is a promise."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def complaints(self) -> list[Any]:
        """Errors and warnings of the console, and exceptions nobody caught."""
        wanted = ("Runtime.exceptionThrown", "Log.entryAdded")
        found = [event["params"] for event in self.events if event.get("method") in wanted]
        said = [event["params"] for event in self.events if event.get("method") == "Runtime.consoleAPICalled"]
        return found + [one for one in said if one["type"] in ("error", "warning", "assert")]

    def requests(self) -> list[str]:
        """Every address that the page asked for."""
        sent = [event["params"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [one["request"]["url"] for one in sent]

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            data = os.read(self._in, 1 << 20)
            assert data, "the browser has gone"
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session = ""
        self.call("Browser.close")
        os.close(self._out)
        os.close(self._in)
        self._process.wait()
