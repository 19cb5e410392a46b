// SPDX-License-Identifier: Apache-2.0
// libcoap's context, its thread, and nothing else: what a request means is decided in service.cpp.
#include "drivers/coap/coap_source.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <mutex>
#include <thread>
#include <utility>

#include "core/finding.h"
#include "drivers/coap/listen.h"
#include "drivers/coap/replies.h"
#include "drivers/coap/service.h"
#include "drivers/coap/wire.h"

namespace lamppost::coap {
namespace {

// A thousand sensors that wake on the full minute fit into this many bytes; the kernel's default of
// 208 KiB loses most of such a burst. The kernel bounds it by net.core.rmem_max.
constexpr int kReceiveBuffer = 4 << 20;

// Sessions cost memory and every one of them some time on every datagram (libcoap walks the whole
// list), and a server without observers keeps nothing in them.
constexpr unsigned kMaxIdleSessions = 64;

// Readings that are stored together.
constexpr std::size_t kGroup = 250;

// The largest response we give is 1024 bytes of payload; a request may fill libcoap's buffer.
constexpr unsigned kLargestDatagram = COAP_RXBUFFER_SIZE;

struct FreeContext {
  void operator()(coap_context_t* context) const { coap_free_context(context); }
};
using Context = std::unique_ptr<coap_context_t, FreeContext>;

// libcoap's log has no user data, so each thread that runs libcoap says where its lines go.
thread_local const Log* thread_log = nullptr;

void take_log_line(coap_log_t, const char* message) {
  if (thread_log == nullptr) return;
  std::string_view line(message);
  while (line.ends_with('\n')) line.remove_suffix(1);
  thread_log->debug("libcoap: " + printable(line));
}

class LogToThis {
 public:
  explicit LogToThis(const Log& log) { thread_log = &log; }
  LogToThis(const LogToThis&) = delete;
  LogToThis& operator=(const LogToThis&) = delete;
  ~LogToThis() { thread_log = nullptr; }
};

void start_libcoap() {
  static std::once_flag once;
  std::call_once(once, [] {
    coap_startup();
    coap_set_log_handler(take_log_line);
    // Warnings tell of single malformed datagrams already; whatever is lower costs time per
    // datagram.
    coap_set_log_level(static_cast<coap_log_t>(4));
  });
}

// The sockets in libcoap's epoll set, through proc(5), /proc/PID/fdinfo: libcoap keeps its
// descriptors to itself. Empty where /proc is not mounted.
std::vector<int> sockets_of(int epoll_fd) {
  std::vector<int> sockets;
  std::ifstream lines("/proc/self/fdinfo/" + std::to_string(epoll_fd));
  for (std::string word; lines >> word;) {
    int fd = -1;
    int type = 0;
    socklen_t size = sizeof type;
    if (word == "tfd:" && lines >> fd && ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
        type == SOCK_DGRAM)
      sockets.push_back(fd);
  }
  return sockets;
}

// The size that the kernel grants, in bytes of datagrams and bookkeeping.
int enlarge_receive_buffer(int fd) {
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  int granted = 0;
  socklen_t size = sizeof granted;
  ::getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &size);
  return granted / 2;  // socket(7): the kernel doubles what was asked for
}

}  // namespace

struct CoapSource::Core {
  Core(Options given, Accept accept, const Clock& clock, const Log& where)
      : options(std::move(given)), log(where), service(options, std::move(accept), clock, where) {}
  ~Core() {
    if (wake >= 0) ::close(wake);
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  void open();
  void close();
  ListenAddress listen(const std::string& url);
  void say(bool now_listening, std::string text);
  void add_resources();
  void enlarge_buffers();
  void run();
  void serve_what_came();
  static void on_request(coap_resource_t*, coap_session_t* session, const coap_pdu_t* request,
                         const coap_string_t*, coap_pdu_t* response);
  void answer(coap_session_t& session, const coap_pdu_t& request, coap_pdu_t& response);
  std::string prefix() const { return "coap source \"" + options.name + "\": "; }

  const Options options;
  const Log& log;
  Service service;
  Context context;                                            // the coap thread's own while it runs
  Replies replies;                                            // as well
  const int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);  // readable: the thread shall end
  std::thread thread;
  std::atomic<bool> stopping{false};
  std::atomic<int> port{0};
  std::uint64_t served = 0;  // requests; the coap thread's own

  mutable std::mutex mutex;
  bool listening = false;  // guarded by mutex, as is detail
  std::string detail = "not started";
};

void CoapSource::Core::open() {
  if (options.listen.empty()) throw ConfigError(prefix() + "there is no address to listen on");
  start_libcoap();
  const LogToThis here(log);
  context.reset(coap_new_context(nullptr));
  if (wake < 0 || !context || coap_context_get_coap_fd(context.get()) < 0)
    throw ConfigError(prefix() + "libcoap cannot start (it needs epoll): " + std::strerror(errno));
  coap_set_app_data(context.get(), this);
  coap_context_set_max_idle_sessions(context.get(), kMaxIdleSessions);
  add_resources();
  std::string where;
  for (const auto& url : options.listen) {
    const auto address = listen(url);
    if (where.empty()) port = address.port();
    where += (where.empty() ? "listening on " : ", ") + address.host_and_port();
  }
  enlarge_buffers();
  say(true, std::move(where));
}

void CoapSource::Core::close() {
  const LogToThis here(log);
  context.reset();
  say(false, "stopped");
}

void CoapSource::Core::say(bool now_listening, std::string text) {
  const std::lock_guard lock(mutex);
  listening = now_listening;
  detail = std::move(text);
}

ListenAddress CoapSource::Core::listen(const std::string& url) {
  const auto wanted = parse_listen(options.name, url);
  coap_endpoint_t* endpoint = nullptr;
  ListenAddress address;
  // A free port may be taken by somebody else between claim() and libcoap's own bind.
  for (int attempt = 0; endpoint == nullptr && attempt < 8; ++attempt) {
    address = wanted;
    claim(options.name, address);
    coap_address_t bind_to;
    coap_address_init(&bind_to);
    std::memcpy(&bind_to.addr, &address.socket, address.size);
    bind_to.size = address.size;
    endpoint = coap_new_endpoint(context.get(), &bind_to, COAP_PROTO_UDP);
  }
  if (endpoint == nullptr)
    throw ConfigError(prefix() + "cannot listen on " + url + ": " + std::strerror(errno));
  coap_endpoint_set_default_mtu(endpoint, kLargestDatagram);
  return address;
}

void CoapSource::Core::add_resources() {
  // libcoap answers /.well-known/core by itself unless a resource of that name exists; everything
  // else goes to the "unknown" resource, because only the service knows the wildcards.
  coap_str_const_t discovery = {16, reinterpret_cast<const std::uint8_t*>(".well-known/core")};
  const std::array resources = {coap_resource_init(&discovery, 0),
                                coap_resource_unknown_init(on_request)};
  for (auto* resource : resources) {
    for (const auto method :
         {COAP_REQUEST_GET, COAP_REQUEST_POST, COAP_REQUEST_PUT, COAP_REQUEST_DELETE,
          COAP_REQUEST_FETCH, COAP_REQUEST_PATCH, COAP_REQUEST_IPATCH})
      coap_register_request_handler(resource, method, on_request);
    coap_add_resource(context.get(), resource);
  }
}

void CoapSource::Core::enlarge_buffers() {
  const auto sockets = sockets_of(coap_context_get_coap_fd(context.get()));
  int smallest = sockets.empty() ? 0 : kReceiveBuffer;
  for (const int fd : sockets) smallest = std::min(smallest, enlarge_receive_buffer(fd));
  if (smallest < kReceiveBuffer)
    log.info(prefix() + "receive buffer of " + std::to_string(smallest / 1024) +
             " KiB instead of " + std::to_string(kReceiveBuffer / 1024) +
             " KiB, bursts may be lost: raise net.core.rmem_max");
}

void CoapSource::Core::run() {
  const LogToThis here(log);
  std::array<pollfd, 2> ready{
      {{coap_context_get_coap_fd(context.get()), POLLIN, 0}, {wake, POLLIN, 0}}};
  while (!stopping) {
    // No timeout: libcoap's epoll set holds a timer for whatever it has to do later.
    if (::poll(ready.data(), ready.size(), -1) > 0 && !stopping) serve_what_came();
  }
}

// One call of libcoap reads one datagram from each socket.
void CoapSource::Core::serve_what_came() {
  for (auto before = ~served; before != served && !stopping;) {
    before = served;
    coap_io_process(context.get(), COAP_IO_NO_WAIT);
    if (service.taken() >= kGroup) replies.send(service.settle());
  }
  replies.send(service.settle());
}

void CoapSource::Core::on_request(coap_resource_t*, coap_session_t* session,
                                  const coap_pdu_t* request, const coap_string_t*,
                                  coap_pdu_t* response) {
  auto* core = static_cast<Core*>(coap_get_app_data(coap_session_get_context(session)));
  try {
    core->answer(*session, *request, *response);
  } catch (const std::exception& failure) {
    // An exception must not travel through libcoap. The sender keeps its reading.
    core->log.error(core->prefix() + "request failed, answering 5.00: " + failure.what());
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_INTERNAL_ERROR);
  }
}

void CoapSource::Core::answer(coap_session_t& session, const coap_pdu_t& request,
                              coap_pdu_t& response) {
  ++served;
  const auto before = service.taken();
  const auto given = service.handle(read(session, request));
  if (given) return write(*given, response);
  say_nothing_yet(response);
  if (service.taken() > before) replies.expect(session, request);
}

CoapSource::CoapSource(Options options, Accept accept, const Clock& clock, const Log& log)
    : core_(std::make_unique<Core>(std::move(options), std::move(accept), clock, log)) {}

CoapSource::~CoapSource() { stop(); }

void CoapSource::start() {
  core_->open();
  core_->stopping = false;
  core_->thread = std::thread([core = core_.get()] { core->run(); });
}

void CoapSource::stop() {
  if (!core_->thread.joinable()) return;
  core_->stopping = true;
  ::eventfd_write(core_->wake, 1);
  core_->thread.join();
  eventfd_t forget = 0;
  ::eventfd_read(core_->wake, &forget);
  core_->close();
}

SourceState CoapSource::state() const {
  const std::lock_guard lock(core_->mutex);
  return {core_->listening, core_->detail, 0, core_->service.refused()};
}

int CoapSource::port() const { return core_->port; }

}  // namespace lamppost::coap
