// SPDX-License-Identifier: Apache-2.0
// lamppost-receiver [--port N] [--print-port] [--dump FILE]: a small NGSI-LD broker in memory for
// the demo and the integration tests. Each accepted entity is a line of JSON in FILE as soon as it
// arrives; GET /ngsi-ld/v1/entities returns the current state. Ends on SIGTERM or SIGINT.
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>

#include "support/fake_broker.h"

namespace {

struct Arguments {
  unsigned short port = 0;
  bool print_port = false;
  std::string dump;
};

// False when the command line is not understood.
bool read(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool more = i + 1 < argc;
    if (word == "--print-port")
      arguments.print_port = true;
    else if (word == "--port" && more)
      arguments.port = static_cast<unsigned short>(std::strtoul(argv[++i], nullptr, 10));
    else if (word == "--dump" && more)
      arguments.dump = argv[++i];
    else
      return false;
  }
  return true;
}

int serve(const Arguments& arguments) {
  // Blocked before the server's thread starts, so that only sigwait() sees them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  std::ofstream dump;
  if (!arguments.dump.empty()) dump.open(arguments.dump, std::ios::app);
  lamppost::FakeBroker::Options options;
  options.port = arguments.port;
  options.on_entity = [&dump](const lamppost::Json& entity) {
    if (dump.is_open()) dump << entity.dump() << std::endl;
  };
  const lamppost::FakeBroker broker(options);
  if (arguments.print_port) std::cout << broker.port() << std::endl;
  int signal = 0;
  sigwait(&ends, &signal);
  for (const auto& breach : broker.breaches()) std::cerr << "refused: " << breach << "\n";
  return broker.breaches().empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!read(argc, argv, arguments)) {
    std::cerr << "usage: lamppost-receiver [--port N] [--print-port] [--dump FILE]\n";
    return 64;
  }
  try {
    return serve(arguments);
  } catch (const std::exception& error) {
    std::cerr << "lamppost-receiver: " << error.what() << "\n";
    return 69;
  }
}
