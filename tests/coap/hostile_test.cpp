// SPDX-License-Identifier: Apache-2.0
// Thousands of damaged datagrams at the socket: nothing may crash, and a good request is still
// served afterwards. The damage is the same in every run.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "coap/server.h"
#include "core/json.h"
#include "drivers/coap/request.h"
#include "support/coap_client.h"

using namespace lamppost;
using namespace lamppost::coap;

namespace {

std::vector<std::string> good_datagrams() {
  auto plain = coap_post("weather", "21.5", 0);
  plain.token = "token";
  auto block = coap_post("air/s1/state", std::string(64, 'x'), 60);
  block.options.push_back({27, coap_number(Block{0, true, 2}.value())});
  block.options.push_back({60, coap_number(128)});
  auto discovery = coap_post(".well-known/core", "");
  discovery.code = 1;
  discovery.options.push_back({23, coap_number(Block{0, false, 2}.value())});
  auto rich = coap_post("meters/a/b/c", "{}", 50);
  rich.type = CoapMessage::kNon;
  rich.options.push_back({3, "gateway"});
  rich.options.push_back({6, ""});
  rich.options.push_back({15, "q=1"});
  rich.options.push_back({258, coap_number(2)});  // No-Response
  rich.options.push_back({292, "tag"});
  return {encode(plain), encode(block), encode(discovery), encode(rich), encode({})};
}

// Messages that once broke a CoAP parser, where the corpus is at hand.
std::vector<std::string> published_datagrams() {
  const auto* root = std::getenv("LAMPPOST_CORPUS");
  const auto folder = root ? std::string(root) : LAMPPOST_SOURCE_DIR "/../shared/corpus";
  std::ifstream file(folder + "/payloads/coap-pdu/cases.json");
  std::vector<std::string> datagrams;
  if (!file) {
    MESSAGE("published CoAP messages are not at hand in " << folder);
    return datagrams;
  }
  const auto published = Json::parse(file);
  for (const auto& example : published["cases"]) {
    const auto hex = example["payload"].get<std::string>();
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
      bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    datagrams.push_back(bytes);
  }
  return datagrams;
}

class Damage {
 public:
  std::string operator()(std::string bytes) {
    for (auto rounds = number(4); rounds > 0 && !bytes.empty(); --rounds) {
      const auto at = number(bytes.size());
      switch (number(5)) {
        case 0:
          bytes[at] = static_cast<char>(number(256));
          break;
        case 1:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << number(8)));
          break;
        case 2:
          bytes.erase(at, 1 + number(4));
          break;
        case 3:
          bytes.insert(at, 1 + number(16), static_cast<char>(number(256)));
          break;
        default:
          bytes += bytes.substr(at);
      }
    }
    return bytes;
  }

 private:
  std::size_t number(std::size_t below) { return random_() % below; }
  std::mt19937 random_{20260301};
};

}  // namespace

TEST_CASE("coap: damaged datagrams neither crash it nor keep it from serving") {
  Server server;
  CoapClient attacker(server.source.port());
  CoapClient client(server.source.port());
  auto seeds = good_datagrams();
  for (auto& datagram : published_datagrams()) seeds.push_back(datagram);
  int sent = 0;
  const auto send = [&](std::string_view datagram) {
    attacker.send(datagram);
    // The client is served in between, which also keeps the socket's buffer from overflowing.
    if (++sent % 200 == 0) REQUIRE(client.post("weather", std::to_string(sent)) == "2.04");
  };
  for (const auto& seed : seeds)
    for (std::size_t size = 0; size <= seed.size(); ++size) send(seed.substr(0, size));
  Damage damage;
  for (int i = 0; i < 300; ++i)
    for (const auto& seed : seeds) send(damage(seed));
  MESSAGE(sent << " damaged datagrams sent");
  CHECK(client.post("weather", "good") == "2.04");
  CHECK(server.notebook.readings().back().payload == "good");
}
