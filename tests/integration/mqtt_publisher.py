# SPDX-License-Identifier: Apache-2.0
"""A publisher of MQTT 3.1.1 (OASIS standard, 2014) with QoS 1, just enough to put load on a broker.

Several messages are on their way at a time. publish() returns when there is room for another one,
flush() when the broker has acknowledged everything. A PUBACK here comes from the MQTT broker, which
keeps the message for the session of its subscriber.
"""
import socket
import struct

CONNECT, CONNACK, PUBLISH_QOS1, PUBACK, DISCONNECT = 0x10, 0x20, 0x32, 0x40, 0xE0
WINDOW = 20  # messages without PUBACK; mosquitto's own bound on what is in flight
LONGEST_ANSWER_S = 30


def _length(size):
    """Remaining length: seven bits a byte, the eighth says that more follow (section 2.2.3)."""
    coded = bytearray()
    while True:
        size, low = size >> 7, size & 0x7F
        coded.append(low | (0x80 if size else 0))
        if not size:
            return bytes(coded)


def _text(text):
    coded = text.encode()
    return struct.pack("!H", len(coded)) + coded


class MqttPublisher:
    def __init__(self, port, client_id="publisher"):
        self._socket = socket.create_connection(("127.0.0.1", port), LONGEST_ANSWER_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._input = b""
        self._unacknowledged = set()
        self._next_id = 0
        self.acknowledged = 0
        # Protocol level 4, clean session, no keep alive.
        self._send(CONNECT, _text("MQTT") + bytes([4, 0x02, 0, 0]) + _text(client_id))
        kind, body = self._packet()
        if kind != CONNACK or body[1] != 0:
            raise ConnectionError(f"CONNACK {kind:#x} {body.hex()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._send(DISCONNECT, b"")
        self._socket.close()

    def publish(self, topic, payload):
        while len(self._unacknowledged) >= WINDOW:
            self._await_puback()
        self._next_id = self._next_id % 0xFFFF + 1
        self._unacknowledged.add(self._next_id)
        self._send(PUBLISH_QOS1, _text(topic) + struct.pack("!H", self._next_id) + payload)

    def flush(self):
        while self._unacknowledged:
            self._await_puback()

    def _await_puback(self):
        kind, body = self._packet()
        if kind != PUBACK:
            raise ConnectionError(f"expected PUBACK, not {kind:#x}")
        self._unacknowledged.remove(struct.unpack("!H", body[:2])[0])
        self.acknowledged += 1

    def _send(self, kind, body):
        self._socket.sendall(bytes([kind]) + _length(len(body)) + body)

    # The packets that a publisher is sent are all shorter than 128 bytes.
    def _packet(self):
        while len(self._input) < 2 or len(self._input) < 2 + self._input[1]:
            more = self._socket.recv(4096)
            if not more:
                raise ConnectionError("the MQTT broker hung up")
            self._input += more
        end = 2 + self._input[1]
        kind, body, self._input = self._input[0], self._input[2:end], self._input[end:]
        return kind, body
