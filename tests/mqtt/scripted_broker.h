// SPDX-License-Identifier: Apache-2.0
// A broker that says what no real one at hand can be made to say: it refuses versions and filters.
// Speaks just enough of MQTT 3.1.1 and 5.0 for one subscriber.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace lamppost::mqtt {

class ScriptedBroker {
 public:
  // What it does with CONNECT of protocol level 5; level 4 (3.1.1) it always takes.
  enum class OnVersion5 { kTake, kRefuse84, kRefuseLikeOldBrokers, kHangUp };
  struct Script {
    OnVersion5 on_version_5 = OnVersion5::kTake;
    int suback = -1;  // code for every filter; -1: what was asked for
    bool answers_subscribe = true;
  };
  explicit ScriptedBroker(Script script);
  ~ScriptedBroker();

  std::string url() const;
  int connects() const { return connects_; }  // CONNECT packets seen

 private:
  void serve();
  void serve_client(int client);
  bool answer(int client, const std::vector<std::uint8_t>& packet);
  bool answer_connect(int client, int level);
  void answer_subscribe(int client, const std::vector<std::uint8_t>& packet);

  const Script script_;
  int listener_;
  std::uint16_t port_ = 0;
  int level_ = 0;  // of the connection being served
  std::atomic<int> connects_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace lamppost::mqtt
