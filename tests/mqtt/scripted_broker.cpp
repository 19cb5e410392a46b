// SPDX-License-Identifier: Apache-2.0
#include "mqtt/scripted_broker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace lamppost::mqtt {
namespace {

using Bytes = std::vector<std::uint8_t>;

// True when there is something to read; false when the broker is to stop.
bool wait_readable(int descriptor, const std::atomic<bool>& stopping) {
  pollfd watched{descriptor, POLLIN, 0};
  while (!stopping)
    if (poll(&watched, 1, 20) > 0) return true;
  return false;
}

bool receive(int client, const std::atomic<bool>& stopping, std::uint8_t& byte) {
  return wait_readable(client, stopping) && recv(client, &byte, 1, 0) == 1;
}

// Fixed header (its length byte must do: packets stay below 128 bytes here) and body.
bool receive_packet(int client, const std::atomic<bool>& stopping, Bytes& packet) {
  packet.assign(2, 0);
  if (!receive(client, stopping, packet[0]) || !receive(client, stopping, packet[1])) return false;
  for (int left = packet[1]; left > 0; --left) {
    std::uint8_t byte = 0;
    if (!receive(client, stopping, byte)) return false;
    packet.push_back(byte);
  }
  return true;
}

void send_bytes(int client, const Bytes& bytes) {
  (void)send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

}  // namespace

ScriptedBroker::ScriptedBroker(Script script)
    : script_(script), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || listen(listener_, 8) != 0 ||
      getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error("cannot listen on the loopback");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

ScriptedBroker::~ScriptedBroker() {
  stopping_ = true;
  thread_.join();
  close(listener_);
}

std::string ScriptedBroker::url() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }

void ScriptedBroker::serve() {
  while (wait_readable(listener_, stopping_)) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    serve_client(client);
    close(client);
  }
}

void ScriptedBroker::serve_client(int client) {
  Bytes packet;
  while (receive_packet(client, stopping_, packet))
    if (!answer(client, packet)) return;
}

bool ScriptedBroker::answer(int client, const Bytes& packet) {
  switch (packet[0] >> 4) {
    case 1:  // CONNECT: 2 bytes of header, 2 of length, "MQTT", level
      ++connects_;
      return packet.size() > 8 && answer_connect(client, packet[8]);
    case 8:
      if (script_.answers_subscribe) answer_subscribe(client, packet);
      return true;
    case 12:
      send_bytes(client, {0xD0, 0});
      return true;
    default:
      return false;
  }
}

bool ScriptedBroker::answer_connect(int client, int level) {
  level_ = level;
  if (level == 4) {
    send_bytes(client, {0x20, 2, 0, 0});
    return true;
  }
  switch (script_.on_version_5) {
    case OnVersion5::kTake:
      send_bytes(client, {0x20, 3, 0, 0, 0});
      return true;
    case OnVersion5::kRefuse84:
      send_bytes(client, {0x20, 3, 0, 0x84, 0});
      return false;
    case OnVersion5::kRefuseLikeOldBrokers:
      send_bytes(client, {0x20, 2, 0, 1});
      return false;
    case OnVersion5::kHangUp:
      return false;
  }
  return false;
}

// One filter a packet; its last byte carries the QoS asked for.
void ScriptedBroker::answer_subscribe(int client, const Bytes& packet) {
  const auto asked = static_cast<std::uint8_t>(packet.back() & 3);
  const auto code = script_.suback < 0 ? asked : static_cast<std::uint8_t>(script_.suback);
  if (level_ == 5)
    send_bytes(client, {0x90, 4, packet[2], packet[3], 0, code});
  else
    send_bytes(client, {0x90, 3, packet[2], packet[3], code});
}

}  // namespace lamppost::mqtt
