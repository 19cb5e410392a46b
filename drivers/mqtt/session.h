// SPDX-License-Identifier: Apache-2.0
// One connection to a broker, from CONNECT to its end; the next one gets a new Session. A Paho
// client is never used twice: it remembers the QoS 2 readings of a connection that broke and would
// swallow their redelivery.
#pragma once

#include <mqtt/async_client.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "drivers/mqtt/intake.h"
#include "drivers/mqtt/mqtt_source.h"
#include "drivers/mqtt/publish.h"
#include "drivers/mqtt/wire.h"

namespace lamppost::mqtt {

// How to reach the broker this time.
struct Contact {
  std::string uri;         // as Paho writes it: tcp://192.0.2.1:1883, ssl://name:8883
  std::uint16_t port = 0;  // of the broker
  bool tls = false;
  int version = 5;  // or 3
};

struct SessionEvent {
  enum class Kind {
    kUp,          // CONNACK said yes
    kFailed,      // the connection never stood; `code` is CONNACK's, or <= 0 for the network
    kDown,        // the connection stood and is gone; `code` is DISCONNECT's, or 0; `text` is our
                  // own fault, if any
    kSubscribed,  // `code` is SUBACK's for the filter `text`
  };
  Kind kind = Kind::kDown;
  int code = 0;
  std::string text;
  bool session_present = false;
  std::chrono::seconds session_expiry{0};  // kUp: what the broker granted
};

// Made, connected and destroyed on one thread; works on Paho's threads in between. Destroying it
// sends DISCONNECT (the broker keeps the session), waits for a callback that is running, and may
// take a second when it is the last client, because Paho then stops its threads.
class Session : private ::mqtt::iaction_listener {
 public:
  // Called on Paho's threads; must not block. The references outlive the session.
  using Tell = std::function<void(SessionEvent)>;
  Session(const Options& options, Contact contact, Intake& intake, const Clock& clock, Tell tell);

  // Returns at once; what becomes of it is told. Throws mqtt::exception when Paho cannot even try.
  void connect();

 private:
  void on_success(const ::mqtt::token& token) override;
  void on_failure(const ::mqtt::token& token) override;
  void came_up(const ::mqtt::token& token);
  void subscribed(const ::mqtt::token& token);
  void subscribe();
  void arrived(const ::mqtt::message& message) noexcept;
  Inlet::Taken take(std::string_view ahead) noexcept;
  std::string_view read_group(std::string_view ahead);
  void offer_group();
  void cut_off();
  void fill(Reading& reading, const Publish& publish) const;
  ::mqtt::connect_options connect_options() const;

  const Options& options_;
  const Contact contact_;
  Intake& intake_;
  const Clock& clock_;
  const Tell tell_;
  Wire wire_;

  // Touched under Paho's lock only.
  std::vector<Reading> group_;             // the first packet_ids_.size() of them are in use
  std::vector<std::uint16_t> packet_ids_;  // of the readings of the group; 0: QoS 0
  std::string pubacks_;                    // room for them
  bool cut_ = false;                       // nothing more can be acknowledged on this connection
  int disconnect_code_ = 0;                // what the broker said when it sent us away
  std::string fault_;                      // why a reading could not even be offered

  ::mqtt::async_client client_;  // last: its destructor still calls back
};

}  // namespace lamppost::mqtt
