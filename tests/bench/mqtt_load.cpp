// SPDX-License-Identifier: Apache-2.0
// mqtt_load PORT COUNT [RATE [STATIONS]]: publishes COUNT air quality readings of 50 stations, or
// as many as are named, to an MQTT broker on 127.0.0.1 at QoS 1, RATE of them a second or, with a
// rate of 0, as fast as the broker takes them. Prints `acked N seconds S` once every PUBACK is in.
//
// MQTT 3.1.1 on a bare socket: a client library would cost more than the daemon that is measured,
// on the same cores. The whole stream is encoded before the clock starts.
//
//   PUBLISH  0x32, remaining length (varint), topic length u16, topic, packet id u16, payload
//   PUBACK   0x40 0x02, packet id u16: four bytes, so counting bytes counts acknowledgements
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kWindow = 2000;  // in flight; a packet id must not come back while it is out
constexpr std::size_t kPubackSize = 4;

// The stream and where each PUBLISH of it ends.
struct Stream {
  std::string bytes;
  std::vector<std::size_t> ends;
};

void put_u16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8U & 0xFFU);
  out += static_cast<char>(value & 0xFFU);
}

void put_text(std::string& out, const std::string& text) {
  put_u16(out, text.size());
  out += text;
}

void put_packet(std::string& out, unsigned char type, const std::string& rest) {
  out += static_cast<char>(type);
  for (std::size_t left = rest.size();;) {
    const std::size_t low = left % 128;
    left /= 128;
    out += static_cast<char>(left > 0 ? low | 0x80U : low);
    if (left == 0) break;
  }
  out += rest;
}

// 188 bytes, with values that differ from reading to reading as a sensor's do.
std::string payload(std::size_t n, std::size_t stations, std::int64_t start_ms) {
  std::array<char, 256> text{};
  const auto x = static_cast<double>(n % 97);
  const int size = std::snprintf(
      text.data(), text.size(),
      R"({"ts":%lld,"station":"station-%02zu","pm2_5":%.1f,"pm10":%.1f,"no2":%.1f,"o3":%.1f,)"
      R"("t":%.1f,"rh":%.1f,"p":%.1f,"bat":%.2f,"rssi":-%02zu,"fw":"2.4.1","seq":%zu,"ok":true})",
      static_cast<long long>(start_ms + static_cast<std::int64_t>(n / stations)), n % stations,
      10.0 + x / 4, 15.0 + x / 3, 11.0 + x / 2, 40.0 + x / 5, 12.0 + x / 10, 30.0 + x / 7,
      1000.0 + x / 5, 3.0 + x / 100, 60 + n % 30, 10'000'000 + n);
  return {text.data(), static_cast<std::size_t>(size)};
}

Stream encode(std::size_t count, std::size_t stations) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  // A station reads each millisecond: no run ends later than the next one begins, whose readings
  // would be late.
  const std::int64_t start_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  Stream stream;
  for (std::size_t n = 0; n < count; ++n) {
    std::string rest;
    std::string station = std::to_string(n % stations);
    if (station.size() == 1) station.insert(0, 1, '0');
    put_text(rest, "air/station-" + station + "/state");
    put_u16(rest, 1 + n % 65535);
    rest += payload(n, stations, start_ms);
    put_packet(stream.bytes, 0x32, rest);
    stream.ends.push_back(stream.bytes.size());
  }
  return stream;
}

int open_session(std::uint16_t port) {
  const int link = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(link, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("no MQTT broker on this port");
  std::string hello;
  put_text(hello, "MQTT");
  hello += "\x04\x02";  // level 3.1.1, clean session
  put_u16(hello, 0);    // no keep-alive
  put_text(hello, "bench-" + std::to_string(getpid()));
  std::string packet;
  put_packet(packet, 0x10, hello);
  std::array<char, 4> connack{};
  if (write(link, packet.data(), packet.size()) < 0 ||
      recv(link, connack.data(), connack.size(), MSG_WAITALL) != 4 || connack[3] != 0)
    throw std::runtime_error("the MQTT broker refuses the connection");
  return link;
}

// How many readings may be out by now: the rate says when, the window how far ahead.
std::size_t allowed(std::size_t count, double rate, std::size_t acked, Clock::time_point start) {
  std::size_t due = count;
  if (rate > 0) {
    const std::chrono::duration<double> passed = Clock::now() - start;
    due = std::min(count, static_cast<std::size_t>(passed.count() * rate));
  }
  return std::min(due, acked + kWindow);
}

void run(int link, const Stream& stream, double rate) {
  const std::size_t count = stream.ends.size();
  const auto start = Clock::now();
  std::size_t written = 0;
  std::size_t answered = 0;
  std::array<char, 16384> answers{};
  while (answered < count * kPubackSize) {
    const std::size_t reach = allowed(count, rate, answered / kPubackSize, start);
    const std::size_t until = reach == 0 ? 0 : stream.ends[reach - 1];
    const bool more = written < until;
    pollfd ready{link, static_cast<short>(more ? POLLIN | POLLOUT : POLLIN), 0};
    poll(&ready, 1, 1);
    if (more && (ready.revents & POLLOUT) != 0) {
      const auto sent = send(link, stream.bytes.data() + written, until - written, MSG_NOSIGNAL);
      if (sent > 0) written += static_cast<std::size_t>(sent);
    }
    if ((ready.revents & (POLLIN | POLLHUP)) == 0) continue;
    const auto got = recv(link, answers.data(), answers.size(), 0);
    if (got == 0) throw std::runtime_error("the MQTT broker hung up");
    if (got > 0) answered += static_cast<std::size_t>(got);
  }
  const std::chrono::duration<double> passed = Clock::now() - start;
  std::printf("acked %zu seconds %.3f\n", answered / kPubackSize, passed.count());
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) throw std::runtime_error("usage: mqtt_load PORT COUNT [RATE [STATIONS]]");
  const std::size_t stations = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 50;
  const Stream stream =
      encode(std::strtoul(argv[2], nullptr, 10), std::max(stations, std::size_t{1}));
  const int link = open_session(static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10)));
  fcntl(link, F_SETFL, O_NONBLOCK);
  run(link, stream, argc > 3 ? std::strtod(argv[3], nullptr) : 0);
  close(link);
} catch (const std::exception& error) {
  std::fprintf(stderr, "mqtt_load: %s\n", error.what());
  return 1;
}
