// SPDX-License-Identifier: Apache-2.0
#include "support/fake_broker.h"

#include "support/fake_broker_server.h"

namespace lamppost {

FakeBroker::FakeBroker() : FakeBroker(Options{}) {}

FakeBroker::FakeBroker(Options options) : server_(std::make_unique<Server>(std::move(options))) {}

FakeBroker::~FakeBroker() = default;

int FakeBroker::port() const { return server_->port; }

std::string FakeBroker::url() const {
  return (server_->tls ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(port());
}

void FakeBroker::script(std::vector<Reply> replies) {
  const std::lock_guard lock(server_->mutex);
  for (auto& reply : replies) server_->script.push_back(std::move(reply));
}

void FakeBroker::rule(Rule rule) {
  const std::lock_guard lock(server_->mutex);
  server_->rule = std::move(rule);
}

void FakeBroker::refuse(const std::string& id) {
  const std::lock_guard lock(server_->mutex);
  server_->store.refuse(id);
}

std::vector<SeenRequest> FakeBroker::requests() const {
  const std::lock_guard lock(server_->mutex);
  return server_->requests;
}

std::vector<std::string> FakeBroker::breaches() const {
  const std::lock_guard lock(server_->mutex);
  return server_->breaches;
}

std::map<std::string, Json> FakeBroker::entities() const {
  const std::lock_guard lock(server_->mutex);
  return server_->store.entities();
}

std::vector<Json> FakeBroker::history() const {
  const std::lock_guard lock(server_->mutex);
  return server_->store.history();
}

// ---- What a request gets ----

bool FakeBroker::Server::resets_next() {
  const std::lock_guard lock(mutex);
  if (script.empty() || script.front().manner != Manner::kResetWhileReading) return false;
  script.pop_front();
  return true;
}

std::optional<Reply> FakeBroker::Server::scripted(const SeenRequest& request) {
  if (rule)
    if (auto reply = rule(request)) return reply;
  if (script.empty()) return std::nullopt;
  auto reply = script.front();
  script.pop_front();
  return reply;
}

Reply FakeBroker::Server::upsert(const SeenRequest& request) {
  if (const auto found = breaches_of(request); !found.empty()) {
    for (const auto& breach : found) breaches.push_back(breach.text);
    return {found.front().status, R"({"type":"BadRequestData","title":"breach"})", {}};
  }
  const Json body = Json::parse(request.body, nullptr, false);
  for (const auto& entity : body)
    if (auto flaw = flaw_of(entity); !flaw.empty()) breaches.push_back(flaw);
  const auto before = store.history().size();
  auto answered = store.upsert(body);
  if (options.on_entity)
    for (auto i = before; i < store.history().size(); ++i) options.on_entity(store.history()[i]);
  return {answered.status, std::move(answered.body), {}};
}

Reply FakeBroker::Server::as_a_broker(const SeenRequest& request) {
  if (request.method == "GET" && request.target.starts_with("/ngsi-ld/v1/entities"))
    return {200, store.as_array().dump(), {}};
  return upsert(request);
}

}  // namespace lamppost
