"""Programs that were found to differ from run to run when their threads and processes go on as they like."""

import sys

THREADS = """
import queue, threading, time
came, over = queue.Queue(), threading.Event()
def work(name, pause):
    number = 0
    while not over.wait(pause):
        number += 1
        came.put((name, number))
for name, pause in (("a", 0.5), ("b", 0.5), ("c", 0.25)):
    threading.Thread(target=work, args=(name, pause)).start()
while time.monotonic() < 1020:
    try:
        print(f"{time.monotonic():.3f}", *came.get(timeout=0.1), flush=True)
    except queue.Empty:
        print(f"{time.monotonic():.3f} nothing", flush=True)
over.set()
"""
NODE = """
const net = require('net'); let ticks = 0, began = performance.now();
const say = (...words) => console.log(Math.round(performance.now() - began), Date.now(), ...words);
const serve = socket => socket.on('data', data => { say('served', data.toString()); socket.write(data); });
const server = net.createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('data', data => say('echo', data.toString(), Math.random()));
  const every = setInterval(() => { client.write(`t${++ticks}`); if (ticks == 20) clearInterval(every); }, 500);
  setInterval(() => { say('other'); if (ticks == 20) process.exit(0); }, 250);
});
"""
WRITTEN = """
import os
reading, writing = os.pipe()
if os.fork() == 0:
    os.close(writing)
    for number in range(20):
        print("child", number, os.read(reading, 1), flush=True)
    os._exit(0)
for number in range(20):
    os.write(writing, b"x")
    print("parent", number, flush=True)
os.wait()
"""
SHELL = """
i=0
while [ $i -lt 5 ]; do
  sleep 60; date -u +%H:%M:%S; i=$((i+1))
  (sleep 1; echo one $i) & (sleep 1; echo other $i) &
done
wait
"""
MQTT = """
import subprocess, sys, time
import paho.mqtt.client as mqtt
port, came = int(sys.argv[1]), []
broker = subprocess.Popen(["mosquitto", "-c", sys.argv[2]])
def client(name):
    return mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name)
def taken(_, __, message):
    came.append(f"{time.monotonic():.3f} {message.topic} {message.payload.decode()}")
speaker, hearer = client("speaker"), client("hearer")
hearer.on_message = taken
hearer.on_connect = lambda one, *_: one.subscribe("geo/#", 1)
for one in (speaker, hearer):
    while True:
        try:
            one.connect("127.0.0.1", port, keepalive=20)
            break
        except OSError:
            time.sleep(0.1)
    one.loop_start()
for number in range(int(sys.argv[3])):
    time.sleep(1)
    for kind in range(3):
        speaker.publish(f"geo/{kind}", f"{number} {time.time():.3f}", qos=kind % 2)
time.sleep(1)
for one in (speaker, hearer):
    one.disconnect()
    one.loop_stop()
broker.terminate()
broker.wait()
print(*came, sep="\\n")
"""
BROKER = "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type none\nsys_interval 10\n"


def commands(built, folder, port, seconds=20):
    """All of them by their names; seconds: of plant time that some of them last"""
    (folder / "broker.conf").write_text(BROKER.format(port=port))
    return {
        "race": [built("race"), seconds, 0],
        "race, woken by one": [built("race"), seconds, 1],
        "pipes": [built("piped")],
        "one wakes another": [sys.executable, "-c", WRITTEN],
        "threads": [sys.executable, "-c", THREADS],
        "node": ["node", "-e", NODE],
        "shell": ["sh", "-c", SHELL],
        "mqtt": [sys.executable, "-c", MQTT, port, folder / "broker.conf", seconds],
    }


LEAST = {
    "race": 80,
    "race, woken by one": 80,
    "pipes": 40,
    "one wakes another": 40,
    "threads": 100,
    "node": 60,
    "shell": 15,
    "mqtt": 60,
}
"""So many lines each prints."""
