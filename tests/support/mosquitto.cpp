// SPDX-License-Identifier: Apache-2.0
#include "support/mosquitto.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>

namespace lamppost {
namespace {

constexpr std::chrono::seconds kReadyWithin{10};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

bool answers(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected =
      connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(descriptor);
  return connected;
}

void wait_until_ready(Process& process, std::uint16_t port, const std::filesystem::path& log) {
  const auto deadline = std::chrono::steady_clock::now() + kReadyWithin;
  while (!answers(port)) {
    if (!process.running() || std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("mosquitto does not start (installed? try ./dev deps)\n" +
                               read_text(log));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// mosquitto drops root's rights unless told otherwise, and then cannot read its own directory.
std::string configuration(const Mosquitto::Setup& setup, std::uint16_t port,
                          const std::filesystem::path& directory,
                          const Certificates* certificates) {
  std::string text = "user root\npersistence true\npersistence_location " + directory.string() +
                     "/\nmax_queued_messages 0\nlog_dest stderr\nlog_type all\n" + "listener " +
                     std::to_string(port) + " 127.0.0.1\n";
  if (setup.username.empty())
    text += "allow_anonymous true\n";
  else
    text += "allow_anonymous false\npassword_file " + (directory / "passwords").string() + "\n";
  if (certificates != nullptr)
    text += "certfile " + certificates->file(setup.certificate + ".pem") + "\nkeyfile " +
            certificates->file(setup.certificate + ".key") + "\n";
  for (const std::string& line : setup.lines) text += line + "\n";
  return text;
}

void append(Command& command, const Command& more) {
  command.insert(command.end(), more.begin(), more.end());
}

Command publisher(const Mosquitto& broker, int version) {
  Command command{
      "mosquitto_pub",           "-h", "localhost", "-p", std::to_string(broker.port()), "-V",
      version == 5 ? "5" : "311"};
  if (broker.tls()) append(command, {"--cafile", broker.certificates().file("ca.pem")});
  return command;
}

}  // namespace

// Below those that the kernel gives out by itself: another's connection could have it a moment
// later.
std::uint16_t free_port() {
  static std::mt19937 dice(std::random_device{}());
  std::uniform_int_distribution<std::uint16_t> any(10'000, 32'767);
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    const std::uint16_t port = any(dice);
    const sockaddr_in address = loopback(port);
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool bound =
        bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(descriptor);
    if (bound) return port;
  }
  throw std::runtime_error("no free port on the loopback");
}

Mosquitto::Mosquitto(const Setup& setup) : setup_(setup), port_(free_port()) {
  if (setup_.tls) certificates_ = std::make_unique<Certificates>();
  if (!setup_.username.empty())
    run({"mosquitto_passwd", "-b", "-c", (directory_ / "passwords").string(), setup_.username,
         setup_.password});
  write_text(directory_ / "mosquitto.conf",
             configuration(setup_, port_, directory_.path(), certificates_.get()));
  if (setup_.started) start();
}

void Mosquitto::start() {
  process_ = Process({"mosquitto", "-c", (directory_ / "mosquitto.conf").string()}, {},
                     directory_ / "log");
  wait_until_ready(process_, port_, directory_ / "log");
}

void Mosquitto::stop() {
  process_.signal(SIGTERM);
  process_.wait();
}

void Mosquitto::kill() {
  process_.signal(SIGKILL);
  process_.wait();
}

std::string Mosquitto::url() const {
  return (setup_.tls ? "mqtts://localhost:" : "mqtt://127.0.0.1:") + std::to_string(port_);
}

void publish(const Mosquitto& broker, const Publication& publication) {
  const TempDirectory temporary;
  write_text(temporary / "payload", publication.payload);
  Command command = publisher(broker, publication.version);
  append(command, {"-t", publication.topic, "-q", std::to_string(publication.qos)});
  command.push_back(publication.payload.empty() ? "-n" : "-s");
  if (publication.retained) command.push_back("-r");
  if (!publication.content_type.empty())
    append(command, {"-D", "publish", "content-type", publication.content_type});
  run(command, temporary / "payload");
}

void publish(const Mosquitto& broker, const std::string& topic,
             const std::vector<std::string>& payloads, int qos) {
  const TempDirectory temporary;
  std::string lines;
  for (const std::string& payload : payloads) lines += payload + "\n";
  write_text(temporary / "lines", lines);
  Command command = publisher(broker, 5);
  append(command, {"-t", topic, "-q", std::to_string(qos), "-l"});
  run(command, temporary / "lines");
}

}  // namespace lamppost
