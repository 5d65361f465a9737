"""The proxy passes on every byte, keeps each request with its answer, and lets nobody's slowness or end hurt others."""

import contextlib
import socket
import time

import pytest

from hil.lines.modbus.request_log import Source
from hil.lines.modbus.stand_ins.frames import GIVEN_UP_NS, MOST_WAITING, Matching
from tests.hil.modbus.stand_in_rig import Between, frame, whole

READ, SHOWN = "04 0000 0001", "04 02 0007"


@pytest.fixture
def between():
    made = []

    def make(**given):
        made.append(Between(**given))
        return made[-1]

    yield make
    for one in made:
        one.close()


def requests(kept):
    return [(one.request, one.answer) for one in kept if one.event == "request"]


def test_answers_find_their_requests_late_missing_and_out_of_order(between):
    rig = between()
    client, device = rig.meet()
    asked = [frame(number, f"04 000{number} 0001") for number in (1, 2, 3)]
    answers = [frame(number, SHOWN) for number in (1, 2, 3)]
    client.sendall(b"".join(asked))
    assert whole(device, 36) == b"".join(asked)
    device.sendall(answers[2] + answers[0])
    assert whole(client, 22) == answers[2] + answers[0]
    late = frame(9, "03 0000 0001")
    client.sendall(late[:5])
    assert whole(device, 5) == late[:5]
    client.sendall(late[5:])
    assert whole(device, 7) == late[5:]
    refused = frame(9, "83 02")
    device.sendall(refused)
    assert whole(client, 9) == refused
    kept = rig.record()
    assert kept[0].event == "open"
    assert sorted(requests(kept)) == sorted(
        [(asked[0], answers[0]), (asked[1], b""), (asked[2], answers[2]), (late, refused)]
    )
    by_time = sorted((one for one in kept if one.event == "request"), key=lambda one: one.received)
    assert [one.request for one in by_time] == [*asked, late]
    assert [bool(one.answered) for one in by_time] == [True, False, True, True]
    assert (by_time[3].exception, by_time[3].table, by_time[3].function) == (2, "hr", 3)
    assert kept[-1].event == "close"


def test_a_transaction_id_used_again_gives_up_the_request_before(between):
    rig = between()
    client, device = rig.meet()
    asked = [frame(0, "04 0000 0001"), frame(0, "04 0005 0001")]
    for one in asked:
        client.sendall(one)
        assert whole(device, 12) == one
    device.sendall(frame(0, SHOWN) * 2)
    assert whole(client, 22) == frame(0, SHOWN) * 2
    answer = frame(0, SHOWN)
    assert requests(rig.record()) == [(asked[0], b""), (asked[1], answer), (b"", answer)]


@pytest.mark.parametrize("noise", [b"GET / HTTP/1.1\r\n\r\n", bytes(range(256)) * 40, b"\0\1\0\0\0\0\1\3"])
def test_what_is_no_frame_is_passed_on_and_kept_as_it_is(between, noise):
    rig = between()
    client, device = rig.meet()
    good = frame(1, READ)
    client.sendall(good + noise)
    assert whole(device, len(good + noise)) == good + noise
    device.sendall(noise)
    assert whole(client, len(noise)) == noise
    kept = requests(rig.record())
    assert (good, b"") in kept
    assert b"".join(asked for asked, _ in kept if asked != good) == noise
    assert b"".join(answer for _, answer in kept) == noise


def test_a_frame_of_another_protocol_and_half_a_frame_are_kept(between):
    rig = between()
    client, device = rig.meet()
    other = b"\0\1\0\7\0\2\1\3"
    client.sendall(other + b"\0\2\0")
    assert whole(device, 11) == other + b"\0\2\0"
    assert requests(rig.record()) == [(other, b""), (b"\0\2\0", b"")]


def test_a_device_that_takes_no_connection_is_told_once(between, caplog):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    rig = between(port=port)
    for _ in range(5):
        assert rig.client().recv(1) == b""
    events = [(one.event, one.connection) for one in rig.record()]
    assert sorted(events) == sorted((event, number) for number in range(1, 6) for event in ("open", "cut"))
    assert [record.message for record in caplog.records] == [
        f"127.0.0.1:{port} takes no connection: Connection refused; the client's is closed"
    ]


def test_a_device_that_goes_takes_the_connection_of_its_client_with_it(between, caplog):
    rig = between()
    client, device = rig.meet()
    client.sendall(frame(1, READ))
    assert whole(device, 12)
    device.sendall(frame(1, SHOWN)[:5])
    device.close()
    assert whole(client, 100) == frame(1, SHOWN)[:5]
    client.close()
    again, device = rig.meet()
    device.close()
    assert again.recv(1) == b""
    kept = rig.record()
    assert requests(kept) == [(frame(1, READ), b""), (b"", frame(1, SHOWN)[:5])]
    assert [one.event for one in kept].count("cut") == 2
    assert len(caplog.records) == 1
    assert "has closed a connection; the client's is closed" in caplog.text


def test_a_client_that_ends_its_side_gets_the_answers_that_are_due(between):
    rig = between()
    client, device = rig.meet()
    client.sendall(frame(1, READ))
    client.shutdown(socket.SHUT_WR)
    assert whole(device, 100) == frame(1, READ)
    device.sendall(frame(1, SHOWN))
    device.close()
    assert whole(client, 100) == frame(1, SHOWN)
    kept = rig.record()
    assert requests(kept) == [(frame(1, READ), frame(1, SHOWN))]
    assert kept[-1].event == "close"


def test_a_client_that_goes_takes_the_connection_to_the_device_with_it(between):
    rig = between()
    client, device = rig.meet()
    client.close()
    assert device.recv(1) == b""
    device.close()
    assert [one.event for one in rig.record()] == ["open", "close"]


@pytest.mark.parametrize("by_client", [True, False])
def test_who_takes_nothing_is_sent_no_more_than_buffers_hold(between, by_client):
    rig = between()
    ends = rig.meet()
    sender = ends[0] if by_client else ends[1]
    sender.settimeout(1.0)
    chunk, sent = frame(1, READ) * 5000, 0
    with contextlib.suppress(TimeoutError):
        while sent < 200_000_000:
            sent += sender.send(chunk[sent % 12 :])
    assert sent < 50_000_000
    reader = ends[1] if by_client else ends[0]
    assert whole(reader, sent) == (chunk * (sent // len(chunk) + 1))[:sent]


def test_what_waits_for_answers_is_bounded_in_time_and_number():
    told = []
    matching = Matching(Source("a:1", "b:2", 1), told.append)
    for number in range(MOST_WAITING + 3):
        matching.asked(frame(number, READ), number + 1)
    assert [entry[4] for entry in told] == [frame(number, READ) for number in range(3)]
    matching.give_up(GIVEN_UP_NS + 10)
    assert len(told) == 9
    assert all(entry[:2] == (number, 0) for number, entry in enumerate(told, start=1))
    matching.answered(frame(0, SHOWN) + frame(20, SHOWN), GIVEN_UP_NS + 20)
    assert [(entry[4], entry[6]) for entry in told[9:]] == [
        (b"", frame(0, SHOWN)),
        (frame(20, READ), frame(20, SHOWN)),
    ]


def test_places_are_bounded_and_given_back(between):
    rig = between(most=2)
    first, second = rig.meet(), rig.meet()
    assert rig.client().recv(1) == b""
    first[0].close()
    assert first[1].recv(1) == b""
    first[1].close()
    while rig.proxy.open == 2:
        time.sleep(0.01)
    client, device = rig.meet()
    device.sendall(b"x")
    assert client.recv(1) == b"x"
    assert rig.proxy.open == 2
    second[0].close()
