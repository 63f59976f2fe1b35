// Runs a fuzz target without libFuzzer: every file of a corpus folder, then mutations of them. The
// mutations follow from their number alone, so that a failure comes back on the next run.
//
//   fuzz_json CORPUS [--mutations=N]     N of them in all (20,000 unless told)
//   fuzz_json FILE                       this input only
//
// Exit 0: all ran; 2: misuse. A target that fails aborts; the input is then in ./fuzz_failure.bin.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t longest_input_bytes = 64 * 1024;

// For the signal handler, which may only use what is async-signal-safe.
const std::string* running = nullptr;

void save_input(int signal_number) {
  const int file = open("fuzz_failure.bin", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0 && running) {
    const ssize_t written = write(file, running->data(), running->size());
    constexpr std::string_view said = "fuzz: failed; the input is in ./fuzz_failure.bin\n";
    if (written < 0 || write(STDERR_FILENO, said.data(), said.size()) < 0) _exit(3);
  }
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

void run(const std::string& input) {
  running = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  running = nullptr;
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& corpus) : corpus_(corpus) {}

  std::string mutation(std::uint64_t number) {
    dice_.seed(number);
    std::string input = corpus_[number % corpus_.size()];
    for (std::size_t steps = 1 + below(4); steps > 0; --steps) change(input);
    if (input.size() > longest_input_bytes) input.resize(longest_input_bytes);
    return input;
  }

 private:
  // Not std::uniform_int_distribution: its results differ between standard libraries.
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : dice_() % bound; }

  void change(std::string& input) {
    constexpr std::string_view telling("\0\x7f\x80\xff\"\\{}[],:0129-+.eE \n'=@", 27);
    const std::size_t at = below(input.size() + 1);
    const std::size_t length = 1 + below(std::min<std::size_t>(input.size() - at + 1, 32));
    switch (below(7)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 1:
        if (at < input.size()) input[at] = telling[below(telling.size())];
        break;
      case 2:
        input.insert(at, 1, telling[below(telling.size())]);
        break;
      case 3:
        input.erase(at, length);
        break;
      case 4:
        input.insert(below(input.size() + 1), input.substr(at, length));
        break;
      case 5:
        input.resize(at);
        break;
      default: {
        const std::string& other = corpus_[below(corpus_.size())];
        input.insert(at, other.substr(below(other.size() + 1), 1 + below(64)));
      }
    }
  }

  const std::vector<std::string>& corpus_;
  std::mt19937_64 dice_;
};

std::vector<std::string> read_corpus(const std::filesystem::path& path) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_regular_file(path)) files.push_back(path);
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const auto& file : files) inputs.push_back(read_whole(file));
  return inputs;
}

int misuse(const char* what) {
  std::fprintf(stderr, "fuzz: %s\nusage: CORPUS [--mutations=N] | FILE\n", what);
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2 || count > 3) return misuse("one corpus folder or file is needed");
  std::uint64_t mutations = std::filesystem::is_directory(arguments[1]) ? 20'000 : 0;
  if (count == 3) {
    constexpr std::string_view option = "--mutations=";
    std::string_view text = arguments[2];
    if (!text.starts_with(option)) return misuse("unknown option");
    text.remove_prefix(option.size());
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), mutations);
    if (error != std::errc() || rest != text.data() + text.size()) return misuse("N is a number");
  }
  const std::vector<std::string> corpus = read_corpus(arguments[1]);
  if (corpus.empty()) return misuse("the corpus is empty: nothing would be tested");

  for (int signal_number : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) {
    std::signal(signal_number, save_input);
  }
  for (const std::string& input : corpus) run(input);
  Mutator mutator(corpus);
  for (std::uint64_t number = 0; number < mutations; ++number) run(mutator.mutation(number));
  std::printf("fuzz: %zu inputs and %llu mutations of them ran\n", corpus.size(),
              static_cast<unsigned long long>(mutations));
  return 0;
}
