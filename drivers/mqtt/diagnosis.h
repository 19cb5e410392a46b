// SPDX-License-Identifier: Apache-2.0
// Why a broker could not be reached. Paho says only "failure", so after one we knock ourselves:
// TCP, then TLS with the same trust. Costs a connection that ends at once, and only after a
// failure.
#pragma once

#include <utility>  // before awaitable.hpp of Boost 1.74, which forgets it

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "drivers/mqtt/address.h"
#include "drivers/mqtt/mqtt_source.h"

namespace lamppost::mqtt {

// "Connection refused", "certificate verify failed: ...", or "" when TCP and TLS stand and it must
// be MQTT that went unanswered. Takes three seconds at most. Takes copies: it may outlive its
// caller when the source stops.
boost::asio::awaitable<std::string> diagnose(boost::asio::any_io_executor executor,
                                             boost::asio::ip::tcp::endpoint endpoint,
                                             Address address, Options options);

}  // namespace lamppost::mqtt
