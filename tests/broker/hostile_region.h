// SPDX-License-Identifier: Apache-2.0
// A broker that does everything brokers do on a bad day, behind tokens that run out and
// certificates that change; and witnesses of what it has stored.
#pragma once

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>

#include "broker/road.h"
#include "support/certificates.h"
#include "support/temp_directory.h"

namespace lamppost {

using Steady = std::chrono::steady_clock;

inline constexpr int kUnwelcome = 2;  // entities "0", "1", ... that the region refuses
inline constexpr std::chrono::milliseconds kTokenLife = 1s;

inline std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Steady::now().time_since_epoch())
      .count();
}

// What a broker has stored, seen from its side: each entity's numbers never fall.
class Witness {
 public:
  std::function<void(const Json&)> ear() {
    return [this](const Json& entity) { note(entity); };
  }
  long stored() const { return stored_; }
  long repeated() const { return repeated_; }
  long backwards() const { return backwards_; }
  // Milliseconds from the outbox to the broker; of a hundred the slowest one, and of all.
  std::pair<double, double> slowest() {
    const std::lock_guard lock(mutex_);
    std::sort(delays_ms_.begin(), delays_ms_.end());
    if (delays_ms_.empty()) return {0, 0};
    return {delays_ms_[delays_ms_.size() * 99 / 100], delays_ms_.back()};
  }

 private:
  void note(const Json& entity) {
    const std::lock_guard lock(mutex_);
    auto& last = last_[entity["id"].get<std::string>()];
    const long number = entity["n"]["value"];
    ++stored_;
    repeated_ += number == last ? 1 : 0;
    backwards_ += number < last ? 1 : 0;
    last = number;
    delays_ms_.push_back(
        static_cast<float>(now_us() - entity["sent"]["value"].get<std::int64_t>()) / 1000);
  }
  std::mutex mutex_;
  std::map<std::string, long> last_;  // numbers begin with 1
  std::vector<float> delays_ms_;
  std::atomic<long> stored_ = 0, repeated_ = 0, backwards_ = 0;
};

// Tokens that run out, and who knows of them.
class Tokens {
 public:
  Reply issue() {
    const std::lock_guard lock(mutex_);
    born_ = Steady::now();
    return {200,
            R"({"token_type":"Bearer","expires_in":1,"access_token":"t)" +
                std::to_string(++number_) + "\"}",
            {}};
  }
  bool valid(const std::string& shown) {
    const std::lock_guard lock(mutex_);
    return shown == "Bearer t" + std::to_string(number_) && Steady::now() - born_ < kTokenLife;
  }
  int issued() {
    const std::lock_guard lock(mutex_);
    return number_;
  }

 private:
  std::mutex mutex_;
  int number_ = 0;
  Steady::time_point born_;
};

// The region's moods, eight requests each.
class Moods {
 public:
  explicit Moods(Tokens& tokens) : tokens_(tokens) {}
  void calm_down() { calm_ = true; }

  std::optional<Reply> answer(const SeenRequest& request) {
    if (!tokens_.valid(request.header("Authorization"))) return Reply{401, "", {}};
    if (calm_) return std::nullopt;
    const int mood = count_++ / 8 % 12;
    switch (mood) {
      case 1:
        return Reply{503, problem("InternalError", 503), {}};
      case 2:
        return count_ % 8 == 0 ? Reply{429, "", {{"Retry-After", "1"}}} : Reply{429, "", {}};
      case 4:
        return Reply{204, "", {}, Manner::kCloseUnanswered};
      case 5:
        return Reply{204, "", {}, Manner::kStoreButNeverAnswer};
      case 7:
        return Reply{204, "", {}, count_ % 4 == 0 ? Manner::kSilence : Manner::kCloseInsideHeader};
      case 8:
        return Reply{200, "{\"success\":[", {}, Manner::kCloseInsideBody};
      case 10:
        if (count_ % 4 == 0) return Reply{200, "", {}, Manner::kTrickle};
        return Reply{500, problem("InternalError", 500, "deadlock"), {}};
      default:
        return std::nullopt;
    }
  }

 private:
  Tokens& tokens_;
  std::atomic<bool> calm_ = false;
  std::atomic<int> count_ = 0;
};

// The region, up or down, on one port, behind certificates of the one authority or the other.
class Region {
 public:
  explicit Region(Witness& witness) : witness_(witness), moods_(tokens_) {
    identity_.rule([this](const SeenRequest&) { return std::optional<Reply>(tokens_.issue()); });
    rise();
  }
  void fall() { server_.reset(); }
  void rise() {
    const std::string which = ++lives_ % 2 == 0 ? "other-" : "";
    for (const auto& [from, to] : {std::pair{which + "ca.pem", "ca"},
                                   {which + "client.pem", "cert"},
                                   {which + "client.key", "key"}})
      std::filesystem::copy_file(made_.file(from), file(to),
                                 std::filesystem::copy_options::overwrite_existing);
    FakeBroker::Options served;
    served.port = port_;
    served.cert_file = made_.file(which + "server.pem");
    served.key_file = made_.file(which + "server.key");
    served.client_ca_file = made_.file(which + "ca.pem");
    served.on_entity = witness_.ear();
    served.forgetful = true;
    server_ = std::make_unique<FakeBroker>(served);
    port_ = static_cast<unsigned short>(server_->port());
    server_->rule([this](const SeenRequest& request) { return moods_.answer(request); });
    for (int i = 0; i < kUnwelcome; ++i) server_->refuse(urn(std::to_string(i)));
  }
  void calm_down() { moods_.calm_down(); }
  void reset_next() {
    if (server_) server_->script({{200, "", {}, Manner::kResetWhileReading}});
  }
  bool is_up() const { return server_ != nullptr; }
  int lives() const { return lives_; }
  int tokens() { return tokens_.issued(); }
  Strings breaches() const { return server_->breaches(); }

  config::Broker way() const {
    auto to = destination("region", server_->url());
    to.tls = {file("ca"), file("cert"), file("key")};
    to.min_tls = "1.2";
    to.timeout = 400ms;
    to.auth.type = config::AuthType::kOAuth2;
    to.auth.header = "Authorization";
    to.auth.token_url = identity_.url() + "/token";
    to.auth.client_id = "gateway";
    to.auth.client_secret.value = "secret";
    return to;
  }

 private:
  std::string file(const std::string& name) const { return (directory_.path() / name).string(); }

  Witness& witness_;
  TempDirectory directory_;
  Certificates made_;
  Tokens tokens_;
  Moods moods_;
  FakeBroker identity_;
  std::unique_ptr<FakeBroker> server_;
  unsigned short port_ = 0;
  int lives_ = 0;
};

}  // namespace lamppost
