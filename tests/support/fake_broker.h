// SPDX-License-Identifier: Apache-2.0
// A context broker for tests and the demo: a real HTTP(S) server on a loopback port of its own
// choice, in its own thread. It plays a script of answers first and behaves like a product (see
// Profile) afterwards. It is at least as unkind as the real ones: what breaks a rule of
// upsert_rules.h is refused and remembered.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/entity_store.h"
#include "support/upsert_rules.h"

namespace lamppost {

enum class Manner {
  kAnswer,
  kAnswerThenClose,     // promises to keep the connection, then closes it
  kResetWhileReading,   // RST after the request header
  kCloseUnanswered,     // reads everything, says nothing, closes
  kCloseInsideHeader,   // half an answer header
  kCloseInsideBody,     // a header that promises more body than comes
  kStopInsideBody,      // as kCloseInsideBody, but the connection stays open
  kSilence,             // never answers
  kTrickle,             // an answer that never ends, a byte now and then
  kStoreButNeverAnswer  // does the work, then as kCloseUnanswered
};

struct Reply {
  int status = 204;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  Manner manner = Manner::kAnswer;
};

// Thread-safe. The server ends with the object.
class FakeBroker {
 public:
  struct Options {
    Profile profile = Profile::kSpec;
    std::string address = "127.0.0.1";
    unsigned short port = 0;
    // More is a 413; Orion-LD and Stellio say 400 and something about a buffer.
    std::size_t max_body = std::size_t{1} << 20;
    std::string cert_file, key_file;                    // set: HTTPS
    std::string client_ca_file;                         // set: clients must show a certificate
    std::function<void(const Json& entity)> on_entity;  // accepted; called in the server's thread
    bool forgetful = false;  // keeps entities, but neither requests nor history: for long runs
  };
  // Decides on a request before script and profile do; nullopt: as usual.
  using Rule = std::function<std::optional<Reply>(const SeenRequest&)>;

  FakeBroker();
  explicit FakeBroker(Options options);
  ~FakeBroker();

  int port() const;
  std::string url() const;  // http://127.0.0.1:port or https://localhost:port

  void script(std::vector<Reply> replies);  // one per request, in order, after those still to play
  void rule(Rule rule);
  void refuse(const std::string& id);

  std::vector<SeenRequest> requests() const;
  std::vector<std::string> breaches() const;
  std::map<std::string, Json> entities() const;
  std::vector<Json> history() const;  // accepted entities in order of arrival
  std::vector<Json> late() const;     // what came to temporal/entities

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

}  // namespace lamppost
