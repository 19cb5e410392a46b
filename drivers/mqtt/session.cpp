// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/session.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace lamppost::mqtt {
namespace {

namespace paho = ::mqtt;

// Readings the broker may have under way to us, MQTT 5 only. mosquitto's default of 20 towards
// 3.1.1 caps a slow card at some hundred readings a second.
constexpr int kReceiveMaximum = 1000;

// Bounds what Paho allocates for one packet. Larger ones are dropped by the broker (MQTT 5, 3.1.2),
// so it lies far above any max_payload that makes sense: what is merely too large for us is to be
// seen and counted.
constexpr std::size_t kLeastMaximumPacket = std::size_t{16} << 20;

// What the dead letter of an oversized payload shows of it.
constexpr std::size_t kSampleBytes = 4096;

constexpr std::chrono::seconds kConnectTimeout{10};

// Readings that are stored together. A quarter of what the broker may have under way, so that it
// goes on sending while we wait for the flash.
constexpr std::size_t kGroup = kReceiveMaximum / 4;

// Type and remaining length (MQTT 3.1.1 and 5.0, 3.4); the packet identifier follows. In MQTT 5 a
// reason code that is left out means success.
constexpr std::string_view kPubackHead("\x40\x02", 2);

int paho_version(int version) { return version == 5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1; }

// MQTT 5 wants u32 with all ones for "never".
std::int32_t expiry_seconds(std::chrono::seconds expiry) {
  const auto most = std::chrono::seconds(0xFFFFFFFFLL);
  const auto seconds = std::clamp(expiry, std::chrono::seconds(0), most).count();
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(seconds));
}

paho::properties connect_properties(const Options& options) {
  const auto packet = std::max(kLeastMaximumPacket, 4 * options.max_payload);
  const auto most = static_cast<std::int32_t>(std::min<std::size_t>(packet, 0x0FFFFFFF));
  paho::properties wanted;
  wanted.add({paho::property::SESSION_EXPIRY_INTERVAL, expiry_seconds(options.session_expiry)});
  wanted.add({paho::property::RECEIVE_MAXIMUM, kReceiveMaximum});
  wanted.add({paho::property::MAXIMUM_PACKET_SIZE, most});
  return wanted;
}

paho::ssl_options tls_options(const Options& options) {
  paho::ssl_options tls;
  if (!options.ca_file.empty()) tls.set_trust_store(options.ca_file);
  if (!options.cert_file.empty()) tls.set_key_store(options.cert_file);
  if (!options.key_file.empty()) tls.set_private_key(options.key_file);
  tls.set_enable_server_cert_auth(true);
  tls.set_verify(true);  // that the certificate is for this host, too
  return tls;
}

}  // namespace

Session::Session(const Options& options, Contact contact, Intake& intake, const Clock& clock,
                 Tell tell)
    : options_(options),
      contact_(std::move(contact)),
      intake_(intake),
      clock_(clock),
      tell_(std::move(tell)),
      wire_(contact_.port),
      client_(contact_.uri, options.client_id,
              paho::create_options(paho_version(contact_.version))) {
  client_.set_message_callback([this](const paho::const_message_ptr& message) {
    if (message) arrived(*message);
  });
  client_.set_disconnected_handler([this](const paho::properties&, paho::ReasonCode code) {
    disconnect_code_ = static_cast<int>(code);
  });
  client_.set_connection_lost_handler([this](const std::string&) {
    tell_({SessionEvent::Kind::kDown, disconnect_code_, fault_});
  });
}

paho::connect_options Session::connect_options() const {
  paho::connect_options wanted;
  wanted.set_mqtt_version(paho_version(contact_.version));
  if (contact_.version == 5) {
    wanted.set_clean_start(false);
    wanted.set_properties(connect_properties(options_));
  } else {
    wanted.set_clean_session(false);
  }
  wanted.set_keep_alive_interval(options_.keep_alive);
  wanted.set_connect_timeout(kConnectTimeout);
  if (!options_.username.empty()) wanted.set_user_name(options_.username);
  if (!options_.password.empty()) wanted.set_password(options_.password);
  if (contact_.tls) wanted.set_ssl(tls_options(options_));
  return wanted;
}

void Session::connect() { client_.connect(connect_options(), nullptr, *this); }

void Session::on_success(const paho::token& token) {
  try {
    token.get_type() == paho::token::Type::CONNECT ? came_up(token) : subscribed(token);
  } catch (const std::exception& fault) {
    tell_({SessionEvent::Kind::kFailed, 0, fault.what()});
  }
}

void Session::subscribed(const paho::token& token) {
  const auto codes = token.get_subscribe_response().get_reason_codes();
  const int code = codes.empty() ? 0x80 : static_cast<int>(codes.front());
  tell_({SessionEvent::Kind::kSubscribed, code, (*token.get_topics())[0]});
}

void Session::on_failure(const paho::token& token) {
  if (token.get_type() == paho::token::Type::CONNECT) {
    tell_({SessionEvent::Kind::kFailed, token.get_return_code(), ""});
    return;
  }
  // MQTT 5 tells in its reason code, 3.1.1 in the return code. What is below 0x80 is Paho's own:
  // the connection went while we were asking.
  const int code =
      contact_.version == 5 ? static_cast<int>(token.get_reason_code()) : token.get_return_code();
  if (code >= 0x80) tell_({SessionEvent::Kind::kSubscribed, code, (*token.get_topics())[0]});
}

// Runs before Paho reads anything that follows CONNACK, so the wire is known before the first
// reading comes.
void Session::came_up(const paho::token& token) {
  wire_.find();
  if (!contact_.tls) wire_.divert([this](std::string_view ahead) { return take(ahead); });
  const auto answer = token.get_connect_response();
  const auto& granted = answer.get_properties();
  auto expiry = options_.session_expiry;
  if (granted.contains(paho::property::SESSION_EXPIRY_INTERVAL))
    expiry = std::chrono::seconds(
        paho::get<std::uint32_t>(granted, paho::property::SESSION_EXPIRY_INTERVAL));
  tell_({SessionEvent::Kind::kUp, 0, "", answer.is_session_present(), expiry});
  subscribe();
}

// Retained readings are sent once per new subscription and only they carry the flag (no
// retain-as-published): Reading.retained means a state from the past. MQTT 3.1.1 cannot say the
// first and sends them after every connection.
void Session::subscribe() {
  const paho::subscribe_options once(false, false, paho::subscribe_options::SEND_RETAINED_ON_NEW);
  const int qos = contact_.version == 5 ? options_.qos : std::min(options_.qos, 1);
  for (const std::string& filter : options_.filters)
    client_.subscribe(filter, qos, nullptr, *this, once);
}

// What the inlet has not taken: QoS 2, everything over TLS, what came in pieces. Whatever goes
// wrong in here, Paho acknowledges as soon as it is back: a reading that has no final state must
// take the connection with it.
void Session::arrived(const paho::message& message) noexcept {
  if (cut_) return;
  try {
    const auto& properties = message.get_properties();
    std::string content_type;
    if (contact_.version == 5 && properties.contains(paho::property::CONTENT_TYPE))
      content_type = paho::get<std::string>(properties, paho::property::CONTENT_TYPE);
    Reading reading;
    reading.arrived = clock_.now();
    fill(reading, {message.get_topic(), message.get_payload_str(), content_type, 0,
                   message.is_retained(), message.is_duplicate()});
    if (intake_.offer(std::span(&reading, 1)) == 0 && message.get_qos() > 0) cut_off();
  } catch (const std::exception& fault) {  // out of memory, most likely
    fault_ = fault.what();
    cut_off();
  }
}

// Readings of QoS 0 and 1, as many as stand at the front. Once the connection is cut the rest of it
// is nobody's: the broker sends it again.
Inlet::Taken Session::take(std::string_view ahead) noexcept {
  if (cut_) return {ahead.size(), 0};
  try {
    const auto rest = read_group(ahead);
    if (!packet_ids_.empty()) offer_group();
    return {ahead.size() - rest.size(), packet_ids_.size()};
  } catch (const std::exception& fault) {
    fault_ = fault.what();
    cut_off();
    return {ahead.size(), 0};
  }
}

// What is left of `ahead`. The readings keep their room from one group to the next.
std::string_view Session::read_group(std::string_view ahead) {
  packet_ids_.clear();
  const auto now = clock_.now();
  while (packet_ids_.size() < kGroup) {
    const auto publish = take_publish(ahead, contact_.version);
    if (!publish) break;
    if (group_.size() == packet_ids_.size()) group_.emplace_back();
    auto& reading = group_[packet_ids_.size()];
    reading.arrived = now;
    fill(reading, *publish);
    packet_ids_.push_back(publish->packet_id);
  }
  return ahead;
}

// Those that are stored are acknowledged in one write. Of the others QoS 0 is lost; QoS 1 takes the
// connection with it, so that the broker sends it again.
void Session::offer_group() {
  const auto taken = intake_.offer(std::span(group_).first(packet_ids_.size()));
  const auto first_refused = packet_ids_.begin() + static_cast<std::ptrdiff_t>(taken);
  pubacks_.clear();
  for (auto id = packet_ids_.begin(); id != first_refused; ++id)
    if (*id != 0)
      pubacks_.append(kPubackHead).append({static_cast<char>(*id >> 8), static_cast<char>(*id)});
  const bool sent = wire_.send(pubacks_);
  const bool comes_again =
      std::any_of(first_refused, packet_ids_.end(), [](auto id) { return id != 0; });
  if (!sent || comes_again) cut_off();
}

void Session::cut_off() {
  wire_.cut();
  cut_ = true;
}

// All but the time.
void Session::fill(Reading& reading, const Publish& publish) const {
  const bool whole = publish.payload.size() <= options_.max_payload;
  reading.source = options_.name;
  reading.topic = publish.topic;
  reading.payload = whole ? publish.payload
                          : publish.payload.substr(0, std::min(kSampleBytes, options_.max_payload));
  reading.cut_from = whole ? 0 : publish.payload.size();
  reading.content_type = publish.content_type;
  reading.retained = publish.retained;
  reading.duplicate = publish.duplicate;
}

}  // namespace lamppost::mqtt
