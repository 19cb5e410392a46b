// SPDX-License-Identifier: Apache-2.0
// mqtt_floor PORT COUNT: a bare Paho subscriber that does nothing with what it gets, the least that
// a reading can cost a daemon that stands on Paho. MQTT 5, QoS 1, one filter. Prints `subscribed`,
// then, once COUNT messages have come, `cpu_us_per_message X` (user and system time).
#include <mqtt/async_client.h>
#include <sys/resource.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

namespace {

double cpu_us() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: mqtt_floor PORT COUNT\n"), 64;
  const long wanted = std::atol(argv[2]);
  std::mutex mutex;
  std::condition_variable all_here;
  long seen = 0;
  mqtt::async_client client(std::string("tcp://127.0.0.1:") + argv[1], "mqtt-floor",
                            mqtt::create_options(MQTTVERSION_5));
  client.set_message_callback([&](const mqtt::const_message_ptr&) {
    const std::lock_guard lock(mutex);
    if (++seen >= wanted) all_here.notify_one();
  });
  mqtt::connect_options options;
  options.set_mqtt_version(MQTTVERSION_5);
  options.set_clean_start(true);
  client.connect(options)->wait();
  client.subscribe("#", 1)->wait();
  std::puts("subscribed");
  std::fflush(stdout);
  const double before = cpu_us();
  std::unique_lock lock(mutex);
  all_here.wait(lock, [&] { return seen >= wanted; });
  std::printf("cpu_us_per_message %.1f\n", (cpu_us() - before) / static_cast<double>(wanted));
  lock.unlock();
  client.disconnect()->wait();
}
