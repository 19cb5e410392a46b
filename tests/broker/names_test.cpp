// SPDX-License-Identifier: Apache-2.0
// Names whose addresses change: a broker that moves is found again without a restart.
#include <dlfcn.h>
#include <netdb.h>

#include <map>
#include <mutex>

#include "broker/road.h"

namespace lamppost {
namespace {

// What the names of these tests stand for at the moment; "" = no such name.
class Names {
 public:
  void set(const std::string& name, const std::string& address) {
    const std::lock_guard lock(mutex_);
    addresses_[name] = address;
  }
  std::optional<std::string> find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = addresses_.find(name);
    return found == addresses_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> addresses_;
};

Names& names() {
  static Names all;
  return all;
}

}  // namespace
}  // namespace lamppost

// Stands in front of the C library's in this program, so that the code under test is the whole of
// what runs in the field. Other names are looked up as ever.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  static const auto real =
      reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  const auto address = node == nullptr ? std::nullopt : lamppost::names().find(node);
  if (!address) return real(node, service, hints, found);
  return address->empty() ? EAI_NONAME : real(address->c_str(), service, hints, found);
}

namespace lamppost {
namespace {

// 127.0.0.2 and its like are all loopback on Linux.
FakeBroker::Options at(const std::string& address, int port = 0) {
  FakeBroker::Options options;
  options.address = address;
  options.port = static_cast<unsigned short>(port);
  return options;
}

struct NamedRoad : Road {
  explicit NamedRoad(const std::string& address) {
    names().set("broker.test", address);
    to.url = "http://broker.test:" + std::to_string(city.port());
  }
};

}  // namespace

TEST_CASE("names: one that is moved leads to the new address with the next connection") {
  NamedRoad road("127.0.0.1");
  FakeBroker moved(at("127.0.0.2", road.city.port()));
  road.city.script({{204, "", {}}, {204, "", {}, Manner::kAnswerThenClose}});
  for (int i = 0; i < 2; ++i) {
    road.put("a", i);
    if (i == 0) road.start();
    REQUIRE(road.until_empty());
    names().set("broker.test", "127.0.0.2");  // what stands is used on, until it ends
  }
  CHECK(road.city.requests().size() == 2);
  CHECK(moved.requests().empty());
  for (int i = 2; i < 4; ++i) {
    road.put("a", i);
    REQUIRE(road.until_empty());
  }
  CHECK(road.city.requests().size() == 2);
  CHECK(moved.requests().size() == 2);
  CHECK(road.lines.empty());
}

TEST_CASE("names: each try of an outage looks anew, so it ends when the name is right again") {
  NamedRoad road("127.0.0.2");  // where nobody listens
  road.put("a");
  road.start();
  REQUIRE(road.until_said("broker city: connection refused"));
  names().set("broker.test", "127.0.0.1");
  REQUIRE(road.until_empty());
  CHECK(road.said("back after") == 1);
  CHECK(road.city.requests().at(0).header("Host") ==
        "broker.test:" + std::to_string(road.city.port()));
}

TEST_CASE("names: one that is not known yet costs waiting, and is named") {
  NamedRoad road("");
  road.put("a");
  road.start();
  REQUIRE(road.until_said("broker city: looking up broker.test: host not found"));
  CHECK(road.outbox.queued() == 1);
  names().set("broker.test", "127.0.0.1");
  REQUIRE(road.until_empty());
  CHECK(road.dead().empty());
}

}  // namespace lamppost
