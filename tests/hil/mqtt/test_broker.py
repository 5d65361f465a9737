"""The choice of the broker, its life, passwords and certificates."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import hil.lines.mqtt.broker
from hil.lines.mqtt.broker import _GUARD, LocalBroker, available, broker
from hil.lines.mqtt.settings import MqttSettings
from twin.errors import InputError, RigError

PATIENCE = 10.0
PASSWORD = "correct horse"


def listens(port: int) -> bool:
    """Whether anything accepts connections there."""

    async def connect() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    return asyncio.run(connect())


def test_the_configured_broker_comes_first() -> None:
    async def check() -> None:
        settings = MqttSettings("broker.example", 8883)
        async with broker(settings) as used:
            assert used.settings is settings

    asyncio.run(check())


def test_then_mosquitto_then_amqtt(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available() == "mosquitto"
    monkeypatch.setattr(hil.lines.mqtt.broker, "_mosquitto", lambda: None)
    assert available() == "amqtt"

    async def check() -> None:
        async with broker() as used:
            _, writer = await asyncio.open_connection(used.settings.host, used.settings.port)
            writer.close()
            await writer.wait_closed()

    asyncio.run(check())


def test_without_any_broker_the_message_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hil.lines.mqtt.broker, "available", lambda: "")

    async def check() -> None:
        async with broker():
            pass

    with pytest.raises(RigError, match=r"install mosquitto, or `pip install geotwin\[broker\]`"):
        asyncio.run(check())


@pytest.mark.parametrize("kind", ["mosquitto", "amqtt"])
def test_a_taken_port_is_reported_in_the_brokers_own_words(kind: str) -> None:
    async def check() -> None:
        async with LocalBroker(kind) as first:
            second = LocalBroker(kind, first.port)
            with pytest.raises(RigError, match=rf"127\.0\.0\.1:{first.port}: .*[aA]ddress already in use"):
                await second.start()
            await second.stop()

    asyncio.run(check())


CHILD = """
import asyncio, sys
from hil.lines.mqtt.broker import LocalBroker

async def main():
    async with LocalBroker(sys.argv[1]) as broker:
        print(broker.port, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["mosquitto", "amqtt"])
def test_a_local_broker_dies_with_us_even_when_we_are_killed(kind: str) -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD, kind], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        port = int(child.stdout.readline())
        assert listens(port)
        child.kill()
        child.wait()

    async def until_closed() -> None:
        while await asyncio.to_thread(listens, port):
            await asyncio.sleep(0.02)

    asyncio.run(asyncio.wait_for(until_closed(), PATIENCE))


class GuardedMosquitto(LocalBroker):
    """A mosquitto with more lines in its configuration."""

    def __init__(self, folder: Path, *lines: str) -> None:
        super().__init__("mosquitto")
        self.folder, self.lines = folder, lines

    def _command(self, port: int, folder: Path) -> list[str]:
        command = super()._command(port, folder)
        text = Path(command[-1]).read_text().replace("allow_anonymous true\n", "")
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join([text, "user root", *self.lines, ""]))
        return [*command[:-1], str(config)]


def test_password_from_the_environment_or_a_file_and_never_shown(
    tmp_path: Path, make_bench: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    passwords, secret = tmp_path / "passwords", tmp_path / "secret"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "rig", PASSWORD], check=True)
    secret.write_text(PASSWORD + "\n")
    monkeypatch.setenv("RIG_PASSWORD", PASSWORD)
    monkeypatch.setenv("WRONG_PASSWORD", "wrong horse")

    async def check() -> None:
        wrong = {"password_env": "WRONG_PASSWORD"}
        async with GuardedMosquitto(tmp_path, "allow_anonymous false", f"password_file {passwords}") as guarded:
            for given in ({"password_env": "RIG_PASSWORD"}, {"password_file": str(secret)}):
                settings = MqttSettings(port=guarded.port, user="rig", **given)
                async with make_bench(settings) as bench:
                    assert bench.transport.link.connected
                assert PASSWORD not in repr(settings)
            with pytest.raises(RigError, match="refuses the connection: Not authorized") as refusal:
                async with make_bench(MqttSettings(port=guarded.port, user="rig", **wrong)):
                    pass
            assert "wrong horse" not in str(refusal.value)

    caplog.set_level("DEBUG")
    asyncio.run(check())
    assert PASSWORD not in caplog.text


def test_a_missing_password_is_an_input_error(make_bench: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="NOT_SET_ANYWHERE is not set"):
        MqttSettings(**{"password_env": "NOT_SET_ANYWHERE"}).password()
    with pytest.raises(InputError, match="cannot be read"):
        MqttSettings(password_file=str(tmp_path / "none")).password()


def make_certificates(folder: Path) -> None:
    """An authority, and a server's and a client's certificate signed by it."""
    openssl = shutil.which("openssl")
    assert openssl

    def run(*arguments: str) -> None:
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True, env={**os.environ})

    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    run("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test authority")
    for name in ("server", "client"):
        run("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", f"{name}.pem", "-days", "2", "-extfile", "names")  # fmt: skip


def test_tls_with_certificates_on_both_sides(tmp_path: Path, make_bench: Any) -> None:
    make_certificates(tmp_path)
    lines = [f"cafile {tmp_path}/ca.pem", f"certfile {tmp_path}/server.pem", f"keyfile {tmp_path}/server.key"]
    mutual = [*lines, "require_certificate true", "allow_anonymous true"]

    async def check() -> None:
        async with GuardedMosquitto(tmp_path, *mutual) as guarded:
            files = {"ca": f"{tmp_path}/ca.pem", "cert": f"{tmp_path}/client.pem", "key": f"{tmp_path}/client.key"}
            async with make_bench(MqttSettings(port=guarded.port, **files)) as bench:
                for i in range(300):
                    bench.bus[1] = i
                    bench.tick()
                await bench.transport.link.sent()
                answer = await asyncio.create_subprocess_exec(
                    "mosquitto_pub", "-p", str(guarded.port), "--cafile", files["ca"], "--cert", files["cert"],
                    "--key", files["key"], "-q", "1", "-t", "geotwin/office/hp_1/speed_cmd/set", "-l",
                    stdin=subprocess.PIPE,
                )  # fmt: skip
                await answer.communicate("".join(f"{i / 512}\n" for i in range(300)).encode())
                await bench.until(lambda: len(bench.written) == 300)
                assert [value for _, value in bench.written] == [i / 512 for i in range(300)]

    asyncio.run(check())


@pytest.mark.filterwarnings("ignore:.*ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")  # paho leaves it open
def test_tls_with_wrong_certificates(tmp_path: Path, make_bench: Any) -> None:
    make_certificates(tmp_path)
    lines = [f"certfile {tmp_path}/server.pem", f"keyfile {tmp_path}/server.key", "allow_anonymous true"]

    async def check() -> None:
        async with GuardedMosquitto(tmp_path, *lines) as guarded:
            with pytest.raises(RigError, match="certificate"):
                async with make_bench(MqttSettings(port=guarded.port, tls=True)):
                    pass
            with pytest.raises(InputError, match=r"none.pem. \(ca\) cannot be read"):
                async with make_bench(MqttSettings(port=guarded.port, ca=f"{tmp_path}/none.pem")):
                    pass

    asyncio.run(check())


def test_a_broker_that_misses_the_first_word_to_end_is_told_again():
    """mosquitto forgets a signal that comes between its word that it runs and the begin of its loop."""
    deaf = (
        "import signal, sys, time; told = []\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit() if told else told.append(1))\n"
        "print('running', flush=True)\nwhile True: time.sleep(0.05)\n"
    )
    words = ["sh", "-c", _GUARD, "broker", sys.executable, "-c", deaf]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as guard:
        assert guard.stdout.readline() == b"running\n"
        guard.stdin.close()
        assert guard.wait(20.0) is not None
