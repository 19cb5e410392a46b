// SPDX-License-Identifier: Apache-2.0
#include "daemon/sources.h"

#include <set>

namespace lamppost::daemon {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

mqtt::Options mqtt_options(const config::Source& source, std::vector<std::string> filters) {
  mqtt::Options options;
  options.name = source.name;
  options.url = source.url;
  options.version = source.version;
  options.client_id = source.client_id;
  options.qos = source.qos;
  options.session_expiry = std::chrono::duration_cast<std::chrono::seconds>(source.session_expiry);
  options.keep_alive = std::chrono::duration_cast<std::chrono::seconds>(source.keep_alive);
  options.username = source.username;
  options.password = source.password;
  options.ca_file = source.tls.ca_file;
  options.cert_file = source.tls.cert_file;
  options.key_file = source.tls.key_file;
  options.max_payload = source.max_payload;
  options.filters = std::move(filters);
  return options;
}

coap::Options coap_options(const config::Source& source, std::vector<coap::Path> paths) {
  coap::Options options;
  options.name = source.name;
  for (const auto& address : source.listen) options.listen.push_back(address.value);
  options.max_payload = source.max_payload;
  options.paths = std::move(paths);
  return options;
}

Sources::Options Sources::options_of(const config::Source& source,
                                     const ingest::Pipeline& pipeline) {
  const auto& routes = pipeline.routes(source.name);
  std::set<std::string> filters;
  std::vector<coap::Path> paths;
  for (const auto* route : routes)
    if (filters.insert(route->topic.filter()).second)
      paths.push_back({route->topic.filter(), route->mapping->match.value});
  if (source.type == config::SourceType::kCoap) return coap_options(source, std::move(paths));
  return mqtt_options(source, {filters.begin(), filters.end()});
}

Accept Sources::accept_all() {
  return [this](std::span<const Reading> readings) { return ingest_.accept(readings); };
}

void Sources::start(const std::string& name, Options options) {
  Running& running = running_[name];
  running.options = std::move(options);
  if (const auto* mqtt = std::get_if<mqtt::Options>(&running.options)) {
    running.mqtt = std::make_unique<mqtt::MqttSource>(io_, *mqtt, accept_all(), clock_, log_);
    running.mqtt->start();
    return;
  }
  const auto& coap = std::get<coap::Options>(running.options);
  running.coap = std::make_unique<coap::CoapSource>(coap, accept_all(), clock_, log_);
  running.coap->start();
}

void Sources::apply(const ingest::Pipeline& pipeline) {
  std::map<std::string, Options> wanted;
  for (const auto& source : pipeline.config().sources)
    wanted.emplace(source.name, options_of(source, pipeline));
  for (auto source = running_.begin(); source != running_.end();) {
    const auto found = wanted.find(source->first);
    if (found != wanted.end() && found->second == source->second.options) {
      wanted.erase(found);
      ++source;
    } else {
      source = running_.erase(source);  // stops it; an MQTT session stays at its broker
    }
  }
  for (auto& [name, options] : wanted) {
    try {
      start(name, std::move(options));
    } catch (...) {
      running_.erase(name);
      throw;
    }
  }
}

void Sources::stop() {
  for (auto& [name, source] : running_) {
    if (source.mqtt) source.mqtt->stop();
    if (source.coap) source.coap->stop();
  }
}

std::vector<status::SourceView> Sources::views() const {
  std::vector<status::SourceView> views;
  for (const auto& [name, source] : running_) {
    if (source.mqtt)
      views.push_back(
          {name, "mqtt", std::get<mqtt::Options>(source.options).url, source.mqtt->state()});
    if (source.coap)
      views.push_back({name, "coap", joined(std::get<coap::Options>(source.options).listen),
                       source.coap->state()});
  }
  return views;
}

}  // namespace lamppost::daemon
