// truce-jq: runs jq programs for truce, which starts it with an empty environment and one socket as
// standard input and output. libjq can be made to abort, to loop and to read files and the
// environment, so this process has nothing to lose: no file can be opened, no memory beyond
// 256 MiB, and the kernel ends it when a program runs for too long.
//
// Usage: truce-jq CPU_MS

extern "C" {
#include <jq.h>
#include <jv.h>
}
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <list>
#include <string>
#include <string_view>
#include <utility>

#include "engine/transform/frame.h"

namespace {

using truce::frame::AnswerHead;
using truce::frame::RequestHead;
using truce::frame::Status;

constexpr rlim_t memory_bytes = 256 * 1024 * 1024;
constexpr rlim_t lifetime_cpu_s = 60;
constexpr long retirement_cpu_s = 30;
constexpr long preparation_cpu_ms =
    2'000;  // compiling takes libjq some 30 ms, its own part included
constexpr std::size_t most_compiled_programs = 16;
constexpr std::size_t most_message_bytes = 512;

bool limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both{value, value};
  return setrlimit(resource, &both) == 0;
}

// No PR_SET_PDEATHSIG: it fires with the end of the thread that started this process. The end of
// truce shows as the end of the input.
bool limit_resources() {
  return limit(RLIMIT_AS, memory_bytes) && limit(RLIMIT_CPU, lifetime_cpu_s) &&
         limit(RLIMIT_NOFILE, 3) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
         prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

// Everything but memory, the two descriptors, clocks and the end is refused with EPERM: strftime
// looks for the time zone's file and must find none, not die.
bool limit_system_calls() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == nullptr) return false;
  bool fine = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1,
                               SCMP_A0(SCMP_CMP_EQ, STDIN_FILENO)) == 0 &&
              seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                               SCMP_A0(SCMP_CMP_EQ, STDOUT_FILENO)) == 0;
  for (const int call :
       {SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
        SCMP_SYS(mprotect), SCMP_SYS(setitimer), SCMP_SYS(getrusage), SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
        SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(exit), SCMP_SYS(exit_group)}) {
    fine = fine && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
  }
  fine = fine && seccomp_load(filter) == 0;  // sets no_new_privs
  seccomp_release(filter);
  return fine;
}

// SIGPROF's default action ends the process; no handler, nothing to get wrong.
void allow_cpu_ms(long ms) {
  itimerval timer{};
  timer.it_value.tv_sec = ms / 1000;
  timer.it_value.tv_usec = (ms % 1000) * 1000;
  setitimer(ITIMER_PROF, &timer, nullptr);
}

bool used_enough_cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec >= retirement_cpu_s;
}

void read_all(char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t got = read(STDIN_FILENO, bytes, count);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) _exit(0);  // truce is gone, or closed its end
    bytes += got;
    count -= static_cast<std::size_t>(got);
  }
}

void write_all(const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t sent = write(STDOUT_FILENO, bytes, count);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) _exit(0);
    bytes += sent;
    count -= static_cast<std::size_t>(sent);
  }
}

std::string read_text(std::uint32_t bytes, std::uint32_t most_bytes) {
  if (bytes > most_bytes) _exit(1);
  std::string text(bytes, '\0');
  read_all(text.data(), text.size());
  return text;
}

struct Answer {
  Status status = Status::failed;
  std::string text;
};

void send_answer(const Answer& answer, bool retires) {
  AnswerHead head;
  head.status = answer.status;
  head.retires = retires ? 1 : 0;
  head.bytes = static_cast<std::uint32_t>(answer.text.size());
  write_all(reinterpret_cast<const char*>(&head), sizeof head);
  write_all(answer.text.data(), answer.text.size());
}

std::string text_and_free(jv value) {
  jv text = jv_get_kind(value) == JV_KIND_STRING ? value : jv_dump_string(value, 0);
  std::string out(jv_string_value(text),
                  static_cast<std::size_t>(jv_string_length_bytes(jv_copy(text))));
  jv_free(text);
  return out;
}

Answer failure(std::string why) {
  if (why.size() > most_message_bytes) why.resize(most_message_bytes);
  return {Status::failed, std::move(why)};
}

void keep_message(void* destination, jv message) {
  static_cast<std::string*>(destination)->append(text_and_free(message));
}

[[noreturn]] void end_for_memory(void*) { _exit(truce::frame::exit_out_of_memory); }

// Compiling is dear, policies have few programs: the last used ones stay compiled.
class CompiledPrograms {
 public:
  // Null when the program does not compile; `why` says what libjq said.
  jq_state* find(const std::string& program, std::string* why) {
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->first != program) continue;
      entries_.splice(entries_.begin(), entries_, entry);
      return entry->second;
    }
    jq_state* compiled = compile(program, why);
    if (compiled == nullptr) return nullptr;
    entries_.emplace_front(program, compiled);
    if (entries_.size() > most_compiled_programs) {
      jq_teardown(&entries_.back().second);
      entries_.pop_back();
    }
    return compiled;
  }

 private:
  static jq_state* compile(const std::string& program, std::string* why) {
    jq_state* jq = jq_init();
    if (jq == nullptr) _exit(truce::frame::exit_out_of_memory);
    jq_set_nomem_handler(jq, end_for_memory, nullptr);
    jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());  // else `import` aborts
    jq_set_error_cb(jq, keep_message, why);
    const bool fine = jq_compile(jq, program.c_str()) != 0;
    jq_set_error_cb(
        jq, [](void*, jv message) { jv_free(message); }, nullptr);
    if (!fine) jq_teardown(&jq);
    return jq;
  }

  std::list<std::pair<std::string, jq_state*>> entries_;  // most lately used first
};

Answer answer_of(jq_state* jq, jv input) {
  jq_start(jq, input, 0);
  jv result = jq_next(jq);
  if (jq_halted(jq)) {
    jv_free(result);
    return failure("the program halted");
  }
  if (jv_is_valid(result)) {
    Answer answer{Status::value, text_and_free(jv_dump_string(result, 0))};
    if (answer.text.size() <= truce::frame::most_answer_bytes) return answer;
    return failure("its answer is longer than 1 MiB");
  }
  if (!jv_invalid_has_msg(jv_copy(result))) {
    jv_free(result);
    return {Status::nothing, ""};
  }
  return failure(text_and_free(jv_invalid_get_msg(result)));
}

Answer work_on(CompiledPrograms& programs, const std::string& program, const std::string& input,
               long cpu_ms) {
  allow_cpu_ms(preparation_cpu_ms);
  std::string why;
  jq_state* jq = programs.find(program, &why);
  jv document = jv_parse_sized(input.c_str(), static_cast<int>(input.size()));
  write_all(&truce::frame::ready, 1);
  if (jq == nullptr || !jv_is_valid(document)) {
    jv_free(document);
    return failure(jq == nullptr ? truce::frame::does_not_compile + why : "the input is not JSON");
  }
  allow_cpu_ms(cpu_ms);
  Answer answer = answer_of(jq, document);
  jq_start(jq, jv_null(), 0);  // lets go of what the run still holds
  allow_cpu_ms(0);
  return answer;
}

}  // namespace

int main(int argc, char** argv) {
  const long cpu_ms = argc == 2 ? std::strtol(argv[1], nullptr, 10) : 0;
  if (cpu_ms <= 0) return 2;
  tzset();
  if (!limit_resources() || !limit_system_calls()) return truce::frame::exit_not_confined;
  CompiledPrograms programs;
  for (bool retires = false; !retires;) {
    RequestHead head;
    read_all(reinterpret_cast<char*>(&head), sizeof head);
    const std::string program = read_text(head.program_bytes, truce::frame::most_program_bytes);
    const std::string input = read_text(head.input_bytes, truce::frame::most_input_bytes);
    const Answer answer = work_on(programs, program, input, cpu_ms);
    retires = used_enough_cpu();
    send_answer(answer, retires);
  }
  return 0;
}
