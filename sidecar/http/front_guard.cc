#include "sidecar/http/front_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "sidecar/http/framing.h"
#include "sidecar/http/problem.h"

namespace truce {
namespace {

using std::chrono::milliseconds;

constexpr auto sweep_interval = milliseconds(50);
// While stopping: for a request that is half here, and for a client to take its reply and leave.
constexpr auto stop_request_deadline = milliseconds(1'000);
constexpr auto stop_linger_deadline = milliseconds(250);
constexpr auto never = std::chrono::steady_clock::time_point::max().time_since_epoch().count();
constexpr std::size_t accepts_per_turn = 64;
// Connections beyond the limit that are still told so; further ones are just closed.
constexpr std::size_t refused_connections = 64;
constexpr std::uint64_t wake_key = 0;
constexpr std::uint64_t first_listener_key = 1;
constexpr std::uint64_t first_connection_key = 1'000;
constexpr std::string_view go_ahead = "HTTP/1.1 100 Continue\r\n\r\n";

std::string address_text(const sockaddr_storage& storage) {
  char text[INET6_ADDRSTRLEN] = "";
  const void* address =
      storage.ss_family == AF_INET
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr)
          : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr);
  ::inet_ntop(storage.ss_family, address, text, sizeof text);
  return text;
}

Refusal busy_refusal(RefusalCode code) { return Refusal{code, "", {{"Retry-After", "1"}}}; }

}  // namespace

struct FrontGuard::Connection {
  enum class State { reading, serving, replying, lingering, closed };

  Connection(std::uint64_t key_given, FileDescriptor socket_given, std::string peer_given,
             const FrameLimits& limits)
      : key(key_given),
        socket(std::move(socket_given)),
        peer(std::move(peer_given)),
        reader(limits) {}

  const std::uint64_t key;
  FileDescriptor socket;  // closed while serving: the client has gone
  const std::string peer;
  State state = State::reading;
  SteadyClock::time_point deadline;
  std::uint32_t watched = 0;
  bool known_to_epoll = false;
  std::size_t held_bytes = 0;
  std::size_t requests = 0;  // that were submitted
  bool keeps = false;        // after the present reply

  RequestReader reader;
  std::unique_ptr<HttpRequest> request;  // admitted; its body is being read
  std::string rest;                      // bytes behind the request, while that is served
  std::string reply;
  std::size_t reply_sent = 0;
  std::size_t reply_due = 0;  // what must have been taken by the deadline
};

FrontGuard::FrontGuard(const HttpLimits& limits, GuardedService service,
                       std::vector<Listener> listeners, Traffic& traffic)
    : limits_(limits),
      service_(std::move(service)),
      traffic_(traffic),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      listeners_(std::move(listeners)),
      next_key_(first_connection_key),
      now_(SteadyClock::now()),
      swept_at_(now_),
      stop_at_(never) {
  if (!epoll_.is_open() || !wake_.is_open()) {
    throw std::system_error(errno, std::generic_category(), "epoll");
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = wake_key;
  ::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, wake_.number(), &event);
  listeners_paused_ = true;
  resume_listeners();
  // What must go on where memory has run out has its room from the start.
  const std::size_t connections_max = limits_.connections + refused_connections;
  closed_.reserve(connections_max);
  replies_.reserve(connections_max);
  taken_replies_.reserve(connections_max);
  const auto serve_job = [this](Job job) { serve(std::move(job)); };
  workers_ = std::make_unique<WorkerPool>(limits_.workers, limits_.queued_requests, serve_job);
  quick_workers_ =
      std::make_unique<WorkerPool>(limits_.quick_workers, limits_.quick_queued_requests, serve_job);
  thread_ = std::thread([this] { run(); });
}

FrontGuard::~FrontGuard() { stop(milliseconds(0)); }

void FrontGuard::stop(milliseconds patience) {
  const auto end = (SteadyClock::now() + patience).time_since_epoch().count();
  auto known = stop_at_.load();
  while (end < known && !stop_at_.compare_exchange_weak(known, end)) {
  }
  wake();
  const std::lock_guard lock(stop_mutex_);
  if (thread_.joinable()) thread_.join();
  workers_.reset();
  quick_workers_.reset();
}

void FrontGuard::wake() {
  const std::uint64_t one = 1;
  (void)!::write(wake_.number(), &one, sizeof one);  // fails only when it is awake anyway
}

// --- the workers' side ---------------------------------------------------------------------------

void FrontGuard::serve(Job job) {
  ReadyReply reply{job.connection, {}};
  try {
    reply.bytes = service_.serve(*job.request, job.keeps_connection);
  } catch (const std::exception&) {
    reply.bytes.clear();
  }
  job.request.reset();
  bool first = false;
  {
    const std::lock_guard lock(replies_mutex_);
    first = replies_.empty();
    replies_.push_back(std::move(reply));
  }
  if (first) wake();
}

// --- the loop ------------------------------------------------------------------------------------

void FrontGuard::run() {
  std::array<epoll_event, 256> events;
  while (!finished()) {
    const int count =
        ::epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()), wait_ms());
    now_ = SteadyClock::now();
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      attempt(event.data.u64, [&] { handle_event(event.data.u64, event.events); });
    }
    if (!stopping_ && stop_at_.load() != never) attempt(wake_key, [this] { begin_stop(); });
    if (now_ - swept_at_ >= sweep_interval) attempt(wake_key, [this] { sweep(); });
    traffic_.note_connections(connections_.size(), held_bytes_);
    closed_.clear();
  }
  connections_.clear();
  traffic_.note_connections(0, 0);
}

// One client's misfortune, mostly memory that is not there, is that client's alone.
template <class Work>
void FrontGuard::attempt(std::uint64_t key, const Work& work) {
  try {
    work();
  } catch (const std::exception&) {
    const auto found = connections_.find(key);
    if (found != connections_.end()) close(*found->second);
  }
}

bool FrontGuard::finished() const {
  return stopping_ && (connections_.empty() || now_.time_since_epoch().count() >= stop_at_.load());
}

int FrontGuard::wait_ms() const {
  if (connections_.empty() && !listeners_paused_) return -1;
  return static_cast<int>(sweep_interval.count());
}

void FrontGuard::handle_event(std::uint64_t key, std::uint32_t events) {
  if (key == wake_key) return take_replies();
  if (key < first_connection_key) {
    const auto index = static_cast<std::size_t>(key - first_listener_key);
    return index < listeners_.size() ? accept_from(listeners_[index]) : void();
  }
  const auto found = connections_.find(key);
  if (found == connections_.end()) return;  // closed in this same turn
  Connection& connection = *found->second;
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) return abandon(connection);
  if ((events & EPOLLOUT) != 0) return flush(connection);
  read_from(connection);
}

// --- accepting -----------------------------------------------------------------------------------

void FrontGuard::accept_from(const Listener& listener) {
  for (std::size_t i = 0; i < accepts_per_turn && !listeners_paused_; ++i) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    FileDescriptor socket(::accept4(listener.socket(), reinterpret_cast<sockaddr*>(&storage),
                                    &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
      attempt(next_key_, [&] { open(std::move(socket), address_text(storage)); });
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      pause_listeners();  // the kernel would report the waiting client again and again
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

void FrontGuard::open(FileDescriptor socket, std::string peer) {
  traffic_.note_accepted();
  const std::size_t before = connections_.size();
  if (before >= limits_.connections + refused_connections) {
    return traffic_.note_refusal(RefusalCode::too_many_connections);
  }
  const int on = 1;
  ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto owned =
      std::make_unique<Connection>(next_key_++, std::move(socket), std::move(peer), limits_.frame);
  Connection& connection = *owned;
  connections_.emplace(connection.key, std::move(owned));
  connection.deadline = now_ + limits_.request_deadline;
  watch(connection, EPOLLIN);
  if (before >= limits_.connections) {
    refuse(connection, busy_refusal(RefusalCode::too_many_connections));
  }
}

void FrontGuard::pause_listeners() {
  for (const auto& listener : listeners_) {
    ::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, listener.socket(), nullptr);
  }
  listeners_paused_ = true;
}

void FrontGuard::resume_listeners() {
  if (!listeners_paused_) return;
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = first_listener_key + i;
    ::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, listeners_[i].socket(), &event);
  }
  listeners_paused_ = false;
}

// --- reading -------------------------------------------------------------------------------------

void FrontGuard::read_from(Connection& connection) {
  using State = Connection::State;
  if (connection.state == State::serving || connection.state == State::replying) {
    // The next request, or the end of the client's half: neither is wanted before the reply is out.
    return watch(connection, connection.watched & ~static_cast<std::uint32_t>(EPOLLIN));
  }
  const ssize_t count = ::recv(connection.socket.number(), input_.data(), input_.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return close(connection);  // a request cut short is dropped
  if (connection.state == State::lingering) return;
  advance(connection, {input_.data(), static_cast<std::size_t>(count)});
}

void FrontGuard::advance(Connection& connection, std::string_view bytes) {
  using State = RequestReader::State;
  RequestReader& reader = connection.reader;
  while (true) {
    if (reader.untouched() && !bytes.empty()) {
      connection.deadline = now_ + (stopping_ ? stop_request_deadline : limits_.request_deadline);
    }
    bytes.remove_prefix(reader.take(bytes));
    switch (reader.state()) {
      case State::reading_head:
      case State::reading_body:
        hold(connection, reader.buffered_bytes());
        if (held_bytes_ > limits_.buffered_bytes) {
          refuse(connection, busy_refusal(RefusalCode::busy));
        }
        return;
      case State::head_complete:
        if (!admit(connection)) return;
        reader.accept_body();
        if (!reader.head().awaits_continue || reader.state() == State::complete || !bytes.empty()) {
          break;
        }
        if (::send(connection.socket.number(), go_ahead.data(), go_ahead.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(go_ahead.size())) {
          return close(connection);
        }
        break;
      case State::complete:
        return submit(connection, bytes);
      case State::refused:
        return refuse(connection, reader.refusal());
    }
  }
}

bool FrontGuard::admit(Connection& connection) {
  connection.request = std::make_unique<HttpRequest>();
  connection.request->id = make_request_id();
  connection.request->peer = connection.peer;
  connection.request->head = connection.reader.head();
  const auto refusal = service_.admit(*connection.request);
  if (refusal) refuse(connection, *refusal);
  return !refusal;
}

void FrontGuard::submit(Connection& connection, std::string_view rest) {
  connection.request->body = connection.reader.release().body;
  connection.request->arrived_at = now_;
  connection.rest = rest;
  hold(connection, connection.request->body.size() + rest.size());
  ++connection.requests;
  connection.keeps = connection.request->head.keeps_connection && !stopping_ &&
                     connection.requests < limits_.requests_per_connection;
  WorkerPool& pool = connection.request->route->lane == Lane::quick ? *quick_workers_ : *workers_;
  Job job{connection.key, std::move(connection.request), connection.keeps};
  if (!pool.submit(job)) {
    connection.request = std::move(job.request);
    return refuse(connection, busy_refusal(RefusalCode::busy));
  }
  connection.state = Connection::State::serving;
  connection.deadline = SteadyClock::time_point::max();
}

// --- replying ------------------------------------------------------------------------------------

void FrontGuard::take_replies() {
  std::uint64_t count = 0;
  (void)!::read(wake_.number(), &count, sizeof count);
  {
    const std::lock_guard lock(replies_mutex_);
    taken_replies_.swap(replies_);
  }
  for (ReadyReply& reply : taken_replies_) {
    attempt(reply.connection, [&] { take_reply(reply); });
  }
  taken_replies_.clear();
}

void FrontGuard::take_reply(ReadyReply& reply) {
  const auto found = connections_.find(reply.connection);
  if (found == connections_.end()) return;
  Connection& connection = *found->second;
  if (!connection.socket.is_open()) return close(connection);
  if (!reply.bytes.empty()) return start_reply(connection, std::move(reply.bytes));
  connection.rest.clear();
  connection.keeps = false;
  const Problem problem{Code::internal, "", ""};
  start_reply(connection,
              render_closing_reply(problem_reply(problem, make_request_id()), ReplyBody::sent));
}

void FrontGuard::refuse(Connection& connection, const Refusal& refusal) {
  traffic_.note_refusal(refusal.code);
  if (status_of(refusal.code) == 0) return close(connection);
  const RequestId id = connection.request ? connection.request->id : make_request_id();
  const bool is_head = connection.request && connection.request->head.method == "HEAD";
  HttpReply reply = refusal_reply(refusal, id);
  reply.headers.emplace_back("X-Request-Id", id.text);
  connection.request.reset();
  connection.rest.clear();
  connection.keeps = false;
  start_reply(connection,
              render_closing_reply(reply, is_head ? ReplyBody::left_out : ReplyBody::sent));
}

void FrontGuard::start_reply(Connection& connection, std::string bytes) {
  connection.state = Connection::State::replying;
  connection.reply = std::move(bytes);
  connection.reply_sent = 0;
  connection.reply_due = limits_.reply_piece_bytes;
  connection.deadline = now_ + limits_.reply_deadline;
  hold(connection, connection.reply.size() + connection.rest.size());
  flush(connection);
}

void FrontGuard::flush(Connection& connection) {
  const std::string& reply = connection.reply;
  while (connection.reply_sent < reply.size()) {
    const ssize_t count = ::send(connection.socket.number(), reply.data() + connection.reply_sent,
                                 reply.size() - connection.reply_sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return watch(connection, EPOLLOUT);
    if (count <= 0) return close(connection);
    connection.reply_sent += static_cast<std::size_t>(count);
    if (connection.reply_sent >= connection.reply_due) {
      connection.reply_due = connection.reply_sent + limits_.reply_piece_bytes;
      connection.deadline = now_ + limits_.reply_deadline;
    }
  }
  finish_reply(connection);
}

void FrontGuard::finish_reply(Connection& connection) {
  std::string().swap(connection.reply);
  hold(connection, connection.rest.size());
  if (!connection.keeps || stopping_) return linger(connection);
  connection.state = Connection::State::reading;
  connection.deadline = now_ + limits_.idle_deadline;
  watch(connection, EPOLLIN);
  const std::string rest = std::exchange(connection.rest, {});
  hold(connection, 0);
  if (!rest.empty()) advance(connection, rest);
}

void FrontGuard::linger(Connection& connection) {
  std::string().swap(connection.rest);
  hold(connection, 0);
  ::shutdown(connection.socket.number(), SHUT_WR);
  connection.state = Connection::State::lingering;
  connection.deadline = now_ + (stopping_ ? stop_linger_deadline : limits_.linger_deadline);
  watch(connection, EPOLLIN);
}

// The client has gone. While its request is served the connection stays counted, with its memory:
// otherwise one could fill the queue with large bodies by hanging up at once.
void FrontGuard::abandon(Connection& connection) {
  if (connection.state != Connection::State::serving) return close(connection);
  connection.socket.close();
}

void FrontGuard::close(Connection& connection) {
  hold(connection, 0);
  connection.state = Connection::State::closed;
  connection.socket.close();
  const auto found = connections_.find(connection.key);
  closed_.push_back(std::move(found->second));
  connections_.erase(found);
}

// --- time ----------------------------------------------------------------------------------------

void FrontGuard::sweep() {
  swept_at_ = now_;
  if (!stopping_) resume_listeners();
  std::vector<Connection*> late;
  for (const auto& [key, connection] : connections_) {
    if (connection->deadline <= now_) late.push_back(connection.get());
  }
  for (Connection* connection : late) attempt(connection->key, [&] { expire(*connection); });
}

void FrontGuard::expire(Connection& connection) {
  if (connection.state != Connection::State::reading || connection.reader.untouched()) {
    return close(connection);
  }
  refuse(connection, stopping_ ? busy_refusal(RefusalCode::shutting_down)
                               : Refusal{RefusalCode::request_timeout, "", {}});
}

void FrontGuard::begin_stop() {
  stopping_ = true;
  for (const auto& listener : listeners_) accept_from(listener);  // they hold a connection already
  listeners_.clear();
  listeners_paused_ = false;
  for (const auto& [key, connection] : connections_) {
    if (connection->state == Connection::State::lingering) {
      connection->deadline = std::min(connection->deadline, now_ + stop_linger_deadline);
    } else if (connection->state == Connection::State::reading) {
      // What has been sent is looked at once more before an idle connection is closed.
      const auto patience = connection->reader.untouched() ? sweep_interval : stop_request_deadline;
      connection->deadline = std::min(connection->deadline, now_ + patience);
    }
  }
}

// --- book-keeping --------------------------------------------------------------------------------

void FrontGuard::hold(Connection& connection, std::size_t bytes) {
  held_bytes_ += bytes - connection.held_bytes;
  connection.held_bytes = bytes;
}

void FrontGuard::watch(Connection& connection, std::uint32_t events) {
  if (connection.watched == events) return;
  epoll_event event{};
  event.events = events;
  event.data.u64 = connection.key;
  // A socket that is watched for nothing stays known to epoll, so that its end is heard.
  const int operation = connection.known_to_epoll ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  ::epoll_ctl(epoll_.number(), operation, connection.socket.number(), &event);
  connection.watched = events;
  connection.known_to_epoll = true;
}

}  // namespace truce
