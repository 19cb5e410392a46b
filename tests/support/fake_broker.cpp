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

std::vector<Json> FakeBroker::late() const {
  const std::lock_guard lock(server_->mutex);
  return server_->store.late();
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

// Section by section of what brokers say to a body that is too large (seen live).
Reply FakeBroker::Server::too_large() const {
  if (options.profile == Profile::kOrionLd)
    return {400, R"({"type":"BadRequestData","title":"payload missing","status":400})", {}};
  if (options.profile == Profile::kStellio)
    return {
        400,
        R"({"type":"https://uri.etsi.org/ngsi-ld/errors/InvalidRequest","title":"Failed to read",)"
        R"("detail":"Exceeded limit on max bytes to buffer : 2097152","status":400})",
        {}};
  return {413, "", {}};
}

Answered FakeBroker::Server::write(const SeenRequest& request, const Json& body) {
  const bool batch = request.target.find("/entityOperations/") != std::string::npos;
  if (batch && options.profile == Profile::kDiwise) return {404, "404 page not found\n"};
  if (batch) return store.upsert(body);
  if (request.target.ends_with("/temporal/entities")) return store.add_history(body);
  if (request.target.ends_with("/entities")) return store.create(body);
  if (options.profile == Profile::kDiwise && request.target.ends_with("/attrs")) return {405, ""};
  return store.change(id_in(request.target), body);
}

Reply FakeBroker::Server::obey(const SeenRequest& request) {
  if (const auto found = breaches_of(request); !found.empty()) {
    for (const auto& breach : found) breaches.push_back(breach.text);
    return {found.front().status, R"({"type":"BadRequestData","title":"breach"})", {}};
  }
  const Json body = Json::parse(request.body, nullptr, false);
  if (body.is_array())
    for (const auto& entity : body)
      if (auto flaw = flaw_of(entity); !flaw.empty()) breaches.push_back(flaw);
  const auto before = store.history().size();
  auto answered = write(request, body);
  if (options.on_entity)
    for (auto i = before; i < store.history().size(); ++i) options.on_entity(store.history()[i]);
  if (options.forgetful) store.forget_history();
  return {answered.status, std::move(answered.body), {}};
}

Reply FakeBroker::Server::as_a_broker(const SeenRequest& request) {
  if (request.method == "GET" && request.target.starts_with("/ngsi-ld/v1/entities"))
    return {200, store.as_array().dump(), {}};
  return obey(request);
}

}  // namespace lamppost
