// SPDX-License-Identifier: Apache-2.0
#include "broker/forwarder.h"

#include <exception>

#include "broker/forwarder_core.h"

// After the core, which brings what Boost 1.74 forgets to include.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace lamppost::broker {

namespace net = boost::asio;

Forwarder::Forwarder(net::io_context& io, const config::Broker& broker, outbox::Outbox& outbox,
                     const Clock& clock, const Log& log, const Options& options)
    : core_(std::make_shared<Core>(io, broker, Doors{outbox, clock, log}, options)) {}

Forwarder::~Forwarder() { core_->abandon(); }

void Forwarder::start() {
  if (core_->started) return;
  core_->started = true;
  // An exception here is a bug; let it end the program rather than leave a silent destination.
  net::co_spawn(
      core_->io, [core = core_] { return core->run(); },
      [core = core_](const std::exception_ptr& bug) {
        core->finished = true;
        if (bug) std::rethrow_exception(bug);
      });
  if (!core_->options.look_at_context) return;
  net::co_spawn(
      core_->io, [core = core_] { return core->look_at_context(); },
      [core = core_](const std::exception_ptr& bug) {
        if (bug) std::rethrow_exception(bug);
      });
}

void Forwarder::wake() {
  if (core_->gate.arrived()) net::post(core_->io, [core = core_] { core->timer.cancel(); });
}

void Forwarder::stop(std::chrono::milliseconds deadline) { core_->stop(deadline); }

bool Forwarder::stopped() const { return !core_->started || core_->finished; }

DestinationState Forwarder::state() const { return core_->state(); }

const std::string& Forwarder::name() const { return core_->broker.name; }

}  // namespace lamppost::broker
