# SPDX-License-Identifier: Apache-2.0
"""What operators and power do to a gateway: a broken outbox file at start, good and bad reloads, a
clean stop under load."""
import random
import signal
import threading

from harness import (Gateway, arguments, check, check_conserved, check_equal, check_order,
                     destination, wait_until)
from mqtt_publisher import MqttPublisher
from readings import Reading

STOPS = 3


def publish(gateway, readings, topic=None):
    with MqttPublisher(gateway.mqtt_port) as publisher:
        for reading in readings:
            publisher.publish(topic or reading.topic, reading.payload)
        publisher.flush()


def corrupt_outbox_is_set_aside(options):
    with Gateway(options) as gateway:
        garbage = random.Random(options.seed).randbytes(64 << 10)
        gateway.outbox_file.write_bytes(garbage)
        gateway.start_lamppost()
        kept = list(gateway.directory.glob("outbox.db.corrupt-*"))
        check_equal(len(kept), 1, "files set aside")
        check_equal(kept[0].read_bytes(), garbage, "what was set aside")
        check(kept[0].name in gateway.log(), "the log does not name the file set aside")
        reading = Reading("quay-1", 0)
        publish(gateway, [reading])
        gateway.await_readings([reading])


def reload_takes_only_what_is_right(options):
    with Gateway(options) as gateway:
        gateway.start_lamppost()
        before = Reading("quay-1", 0)
        publish(gateway, [before])
        gateway.await_readings([before])

        gateway.configure(extra='[[mapping]]\nname = "broken"\nmodell = "AirQualityObserved"\n')
        gateway.hang_up()
        refused = wait_until(lambda: gateway.get("/status")["config"]["refused"], "reload is refused")
        check("modell" in refused, f"the refusal does not name the mistake: {refused}")
        kept = Reading("quay-1", 1)
        publish(gateway, [kept])
        gateway.await_readings([kept])

        more = gateway.mapping("site").replace('"site-air"', '"more"').replace("air/", "more/")
        gateway.configure(extra=more)
        gateway.hang_up()
        wait_until(lambda: "configuration reloaded" in gateway.log(), "reload is taken")
        check_equal(gateway.status()["config"]["refused"], "", "refused")
        gateway.await_ready()
        fresh = Reading("quay-2", 0)
        publish(gateway, [fresh], "more/quay-2/state")
        after = Reading("quay-1", 2)
        publish(gateway, [after])
        gateway.await_readings([before, kept, fresh, after])
        check_conserved(gateway.await_idle())


def clean_stop_under_load_loses_nothing(options):
    chance = random.Random(options.seed)
    published, enough = [], threading.Event()

    def load():
        with MqttPublisher(gateway.mqtt_port) as publisher:
            number = 0
            while not enough.wait(0.002):
                reading = Reading(f"quay-{number % 20}", number // 20)
                publisher.publish(reading.topic, reading.payload)
                published.append(reading)
                number += 1
            publisher.flush()

    with Gateway(options) as gateway:
        gateway.start_lamppost()
        thread = threading.Thread(target=load)
        thread.start()
        try:
            for _ in range(STOPS):
                arrived = len(gateway.entities()) + chance.randrange(1, 200)
                wait_until(lambda: len(gateway.entities()) >= arrived, "load arrives")
                check_equal(gateway.end("lamppost", signal.SIGTERM), 0, "exit code of lamppost")
                gateway.start_lamppost()
        finally:
            enough.set()
            thread.join()
        gateway.await_readings(published)
        status = gateway.await_idle()
        check_conserved(status)
        check_equal(destination(status)["dead"], 0, "dead")
        check_order(gateway.entities())
        print(f"{len(published)} readings over {STOPS} stops, "
              f"{len(gateway.entities())} entities seen")


def main():
    options = arguments()
    print(f"seed {options.seed}", flush=True)
    for case in (corrupt_outbox_is_set_aside, reload_takes_only_what_is_right,
                 clean_stop_under_load_loses_nothing):
        print(case.__name__, flush=True)
        case(options)


if __name__ == "__main__":
    main()
