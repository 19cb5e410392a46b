// SPDX-License-Identifier: Apache-2.0
// http_sink PORT MARKER [WATCHED [DELAY_MS]]: a context broker that takes everything. Answers 204
// to each POST, at once or after a delay in which it does nothing else, and counts MARKER, and
// WATCHED, in the bodies; `GET /` tells `entities N requests N bytes N watched N`. Port 0 takes a
// free one; the port is printed first. HTTP/1.1 with keep-alive and Content-Length, nothing else.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view kEnd = "\r\n\r\n";
constexpr std::string_view kLength = "content-length: ";
constexpr std::size_t kMaxRequest = std::size_t{4} << 20U;

struct Tally {
  std::size_t entities = 0;
  std::size_t requests = 0;
  std::size_t bytes = 0;
  std::size_t watched = 0;
};

struct Markers {
  std::string_view entity, watched;  // "" watches nothing
  timespec delay{};                  // of each answer
};

std::size_t count(std::string_view text, std::string_view marker) {
  std::size_t found = 0;
  for (auto at = text.find(marker); at != text.npos; at = text.find(marker, at + marker.size()))
    ++found;
  return found;
}

std::size_t content_length(std::string head) {
  for (char& c : head) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  const auto at = head.find(kLength);
  return at == std::string::npos ? 0
                                 : std::strtoul(head.c_str() + at + kLength.size(), nullptr, 10);
}

std::string answer(std::string_view request, std::string_view body, const Markers& markers,
                   Tally& tally) {
  if (request.substr(0, 4) == "POST") {
    tally.entities += count(body, markers.entity);
    if (!markers.watched.empty()) tally.watched += count(body, markers.watched);
    tally.requests += 1;
    tally.bytes += body.size();
    nanosleep(&markers.delay, nullptr);
    return "HTTP/1.1 204 No Content\r\n\r\n";
  }
  const std::string text =
      "entities " + std::to_string(tally.entities) + " requests " + std::to_string(tally.requests) +
      " bytes " + std::to_string(tally.bytes) + " watched " + std::to_string(tally.watched);
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}

// Answers each whole request in `buffer` and takes it out. False when the connection is of no use.
bool serve(int link, std::string& buffer, const Markers& markers, Tally& tally) {
  for (auto head = buffer.find(kEnd); head != std::string::npos; head = buffer.find(kEnd)) {
    const std::size_t begin = head + kEnd.size();
    const std::size_t size = content_length(buffer.substr(0, begin));
    if (buffer.size() < begin + size) break;
    const std::string_view all = buffer;
    const std::string out = answer(all, all.substr(begin, size), markers, tally);
    if (send(link, out.data(), out.size(), MSG_NOSIGNAL) < 0) return false;
    buffer.erase(0, begin + size);
  }
  return buffer.size() <= kMaxRequest;
}

bool read_some(int link, std::string& buffer) {
  static std::array<char, 262144> chunk;
  const auto got = recv(link, chunk.data(), chunk.size(), 0);
  if (got > 0) buffer.append(chunk.data(), static_cast<std::size_t>(got));
  return got > 0;
}

int listen_on(unsigned long port) {
  const int door = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  socklen_t size = sizeof address;
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const where = reinterpret_cast<sockaddr*>(&address);
  if (bind(door, where, size) != 0 || listen(door, 16) != 0 || getsockname(door, where, &size) != 0)
    throw std::runtime_error("cannot listen on this port");
  std::printf("%u\n", unsigned{ntohs(address.sin_port)});
  std::fflush(stdout);
  return door;
}

[[noreturn]] void run(int door, const Markers& markers) {
  Tally tally;
  std::vector<pollfd> links{{door, POLLIN, 0}};
  std::vector<std::string> buffers{""};
  for (;;) {
    poll(links.data(), links.size(), -1);
    for (std::size_t i = links.size() - 1; i > 0; --i) {
      if (links[i].revents == 0) continue;
      const int link = links[i].fd;
      if (read_some(link, buffers[i]) && serve(link, buffers[i], markers, tally)) continue;
      close(link);
      links.erase(links.begin() + static_cast<std::ptrdiff_t>(i));
      buffers.erase(buffers.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (links[0].revents == 0) continue;
    links.push_back({accept(door, nullptr, nullptr), POLLIN, 0});
    buffers.emplace_back();
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3 || argc > 5)
    throw std::runtime_error("usage: http_sink PORT MARKER [WATCHED [DELAY_MS]]");
  const long delay_ms = argc > 4 ? std::atol(argv[4]) : 0;
  run(listen_on(std::strtoul(argv[1], nullptr, 10)),
      {argv[2], argc > 3 ? argv[3] : "", {delay_ms / 1000, delay_ms % 1000 * 1'000'000}});
} catch (const std::exception& error) {
  std::fprintf(stderr, "http_sink: %s\n", error.what());
  return 1;
}
