# SPDX-License-Identifier: Apache-2.0
"""A page of a large outbox goes bad while the daemon sends from it. The daemon ends itself for its
service manager, the next start rebuilds the file, and all but the rows of that page arrive.
"""
import signal
import sqlite3

from harness import Gateway, arguments, check, check_conserved, check_equal, check_order, destination, wait_until
from mqtt_publisher import MqttPublisher
from readings import key_of, rounds

READINGS = rounds([f"station-{number}" for number in range(200)], range(50))
BALLAST_BYTES = 17 << 20  # above 16 MiB a file is not rebuilt while the daemon runs
PAGE_BYTES = 4096
ROWS_OF_A_PAGE = 40
TEMPORARY = 75


def fill(gateway):
    gateway.end("receiver", signal.SIGKILL)
    gateway.start_lamppost()
    with MqttPublisher(gateway.mqtt_port) as publisher:
        for reading in READINGS:
            publisher.publish(reading.topic, reading.payload)
        publisher.flush()
    wait_until(lambda: gateway.status()["outbox"]["rows"] == len(READINGS), "all are stored")
    check_equal(gateway.end("lamppost", signal.SIGTERM), 0, "exit code of lamppost")


def enlarge(file):
    """Returns the place of a page of rows. Pages that were read last are still in memory later."""
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE ballast (bytes BLOB)")
        database.execute("INSERT INTO ballast VALUES (zeroblob(?))", (BALLAST_BYTES,))
        pages = database.execute(
            "SELECT pageno FROM dbstat WHERE name = 'rows' AND pagetype = 'leaf' ORDER BY path"
        ).fetchall()
    database.close()
    return (pages[len(pages) // 10][0] - 1) * PAGE_BYTES


def damage(file, place):
    with open(file, "r+b") as outbox:
        outbox.seek(place)
        outbox.write(bytes(PAGE_BYTES))


def main():
    options = arguments()
    nobody = {"NOTIFY_SOCKET": "/nonexistent/notify"}  # there is one that starts it again
    with Gateway(options, environment=nobody) as gateway:
        fill(gateway)
        place = enlarge(gateway.outbox_file)
        gateway.start_lamppost()
        damage(gateway.outbox_file, place)
        gateway.start_receiver()
        wait_until(lambda: gateway.has_ended("lamppost"), "lamppost ends by itself")
        check_equal(gateway.end("lamppost", signal.SIGTERM), TEMPORARY, "exit code of lamppost")
        check("ending, so that the next start rebuilds it" in gateway.log(), "the reason is told")

        gateway.start_lamppost()
        status = gateway.await_idle()
        check_conserved(status)
        lost = destination(status)["dropped"]
        check(0 < lost <= ROWS_OF_A_PAGE, f"{lost} rows of one page are lost")
        arrived = {key_of(entity) for entity in gateway.entities()}
        missing = [reading for reading in READINGS if reading.key not in arrived]
        check_equal(len(missing), lost, "readings that are missing")
        check_order(gateway.entities())
        check("is rebuilt" in gateway.log(), "the log tells of the rebuilding")
    print(f"{len(READINGS)} readings, one page damaged: {lost} lost and counted, the others arrived")


main()
