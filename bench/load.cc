#include "bench/load.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <thread>

#include "bench/http_connection.h"

namespace truce::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

struct ClientResult {
  std::size_t events = 0;
  std::size_t repeats = 0;
  std::vector<double> latencies_ms;
  Clock::time_point begin;
  Clock::time_point end;
  std::string problem;
};

ClientResult run_client(const Target& target, const std::vector<EventRequest>& requests,
                        double limit_s, std::barrier<>& start) {
  HttpConnection connection(target.port, target.token);
  ClientResult result;
  result.latencies_ms.reserve(requests.size());
  start.arrive_and_wait();
  result.begin = result.end = Clock::now();
  for (const EventRequest& request : requests) {
    const auto before = Clock::now();
    if (seconds_between(result.begin, before) > limit_s) break;
    const auto reply = connection.post(target.path, request.body);
    result.end = Clock::now();
    if (!reply || reply->status != 200) {
      result.problem =
          reply ? "status " + std::to_string(reply->status) + ": " + reply->body : "no answer";
      return result;
    }
    result.latencies_ms.push_back(seconds_between(before, result.end) * 1000);
    result.events += request.events;
    result.repeats += request.repeats;
  }
  return result;
}

double percentile(const std::vector<double>& sorted, std::size_t percent) {
  return sorted.empty() ? 0 : sorted[(sorted.size() - 1) * percent / 100];
}

LoadResult sum_of(const std::vector<ClientResult>& clients) {
  LoadResult sum;
  std::vector<double> latencies_ms;
  auto begin = clients.front().begin;
  auto end = clients.front().end;
  for (const ClientResult& client : clients) {
    sum.events += client.events;
    sum.repeats += client.repeats;
    latencies_ms.insert(latencies_ms.end(), client.latencies_ms.begin(), client.latencies_ms.end());
    begin = std::min(begin, client.begin);
    end = std::max(end, client.end);
    if (sum.problem.empty()) sum.problem = client.problem;
  }
  std::sort(latencies_ms.begin(), latencies_ms.end());
  sum.duration_s = std::max(seconds_between(begin, end), 1e-6);
  sum.p50_ms = percentile(latencies_ms, 50);
  sum.p99_ms = percentile(latencies_ms, 99);
  return sum;
}

}  // namespace

LoadResult run_load(const Target& target, const std::vector<std::vector<EventRequest>>& clients,
                    double limit_s) {
  std::barrier<> start(static_cast<std::ptrdiff_t>(clients.size()));
  std::vector<ClientResult> results(clients.size());
  std::vector<std::thread> threads;
  threads.reserve(clients.size());
  for (std::size_t i = 0; i < clients.size(); ++i) {
    threads.emplace_back([&, i] { results[i] = run_client(target, clients[i], limit_s, start); });
  }
  for (std::thread& thread : threads) thread.join();
  return sum_of(results);
}

}  // namespace truce::bench
