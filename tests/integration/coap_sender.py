# SPDX-License-Identifier: Apache-2.0
"""Sends confirmable CoAP POSTs (RFC 7252) and repeats each until it is answered.

Readings of one path go one after another, as a device sends them; several paths are on their way
at a time. An answer of 5.03 is taken as "not now": the reading is sent again as a new exchange.
"""
import collections
import os
import select
import socket
import struct
import time

CHANGED, SERVICE_UNAVAILABLE = 0x44, 0xA3  # 2.04, 5.03
URI_PATH, CONTENT_FORMAT = 11, 12
JSON = 50
ACK_TIMEOUT_S = 0.5  # shorter than the 2 s of RFC 7252, so that tests are
WINDOW = 16


class Exchange:
    """One reading under way; `token` names it, `message_id` its present message."""

    def __init__(self, path, payload):
        self.path, self.payload = path, payload
        self.message_id, self.token, self.frame = 0, b"", b""
        self.due, self.pause = 0.0, ACK_TIMEOUT_S


def _options(path):
    coded, last = b"", 0
    for number, value in [(URI_PATH, part.encode()) for part in path.split("/")] + [
        (CONTENT_FORMAT, bytes([JSON]))
    ]:
        if len(value) > 12:
            coded += bytes([(number - last) << 4 | 13, len(value) - 13]) + value
        else:
            coded += bytes([(number - last) << 4 | len(value)]) + value
        last = number
    return coded


class CoapSender:
    def __init__(self, port):
        self._to = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._message_id = int.from_bytes(os.urandom(2), "big")
        self.retransmissions = 0
        self.pushed_back = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def post(self, path, payload, within_s=30):
        """The code of the answer to one reading, 5.03 included."""
        exchange = self._start(Exchange(path, payload))
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            for token, code in self._answers([exchange]):
                if token == exchange.token:
                    return code
        raise TimeoutError(f"no answer to CoAP POST {path}")

    def post_all(self, readings, acknowledged, within_s=120, stop=lambda: False):
        """Posts (path, payload) pairs; calls acknowledged(path, payload) for each 2.04."""
        waiting = collections.OrderedDict()
        for path, payload in readings:
            waiting.setdefault(path, collections.deque()).append(payload)
        under_way = {}
        deadline = time.monotonic() + within_s
        while (waiting and not stop()) or under_way:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(under_way)} CoAP exchanges without an answer")
            if not stop():
                self._fill(waiting, under_way)
            for token, code in self._answers(under_way.values()):
                self._settle(under_way, waiting, token, code, acknowledged)

    def _fill(self, waiting, under_way):
        for path in list(waiting)[: WINDOW - len(under_way)]:
            readings = waiting.pop(path)
            exchange = self._start(Exchange(path, readings.popleft()))
            exchange.rest = readings
            under_way[exchange.token] = exchange

    def _settle(self, under_way, waiting, token, code, acknowledged):
        exchange = under_way.pop(token, None)
        if exchange is None:
            return  # the second answer to a repeated request
        if code == SERVICE_UNAVAILABLE:
            self.pushed_back += 1
            self._start(exchange).due += ACK_TIMEOUT_S
            under_way[exchange.token] = exchange
            return
        if code != CHANGED:
            raise ValueError(f"{exchange.path}: answer {code >> 5}.{code & 31:02}")
        acknowledged(exchange.path, exchange.payload)
        if exchange.rest:
            waiting[exchange.path] = exchange.rest

    # The first transmission happens when the exchange is due, as do all others.
    def _start(self, exchange):
        self._message_id = (self._message_id + 1) & 0xFFFF
        exchange.message_id, exchange.token = self._message_id, os.urandom(4)
        exchange.frame = (
            struct.pack("!BBH", 0x44, 0x02, exchange.message_id)  # CON with 4 bytes token, POST
            + exchange.token
            + _options(exchange.path)
            + b"\xff"
            + exchange.payload
        )
        exchange.due, exchange.pause = time.monotonic(), ACK_TIMEOUT_S
        exchange.sent = False
        return exchange

    def _answers(self, exchanges):
        exchanges = list(exchanges)
        now = time.monotonic()
        for exchange in exchanges:
            if exchange.due <= now:
                self.retransmissions += exchange.sent
                exchange.sent = True
                self._socket.sendto(exchange.frame, self._to)
                exchange.due, exchange.pause = now + exchange.pause, min(2 * exchange.pause, 2)
        pause = max(0, min(exchange.due for exchange in exchanges) - time.monotonic())
        if not select.select([self._socket], [], [], pause)[0]:
            return []
        answers = []
        while True:
            try:
                frame = self._socket.recv(2048)
            except BlockingIOError:
                return answers
            if len(frame) >= 4 and frame[1]:  # not an empty acknowledgement
                answers.append((frame[4 : 4 + (frame[0] & 15)], frame[1]))
