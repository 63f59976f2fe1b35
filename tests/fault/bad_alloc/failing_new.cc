#include "tests/fault/bad_alloc/failing_new.h"

#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

struct Orders {
  std::atomic<bool> armed;
  std::atomic<bool> struck;
  std::atomic<std::int64_t> left;
};

// Shared with children.
Orders* make_orders() {
  void* memory =
      mmap(nullptr, sizeof(Orders), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  return static_cast<Orders*>(memory);
}

Orders* const orders = make_orders();  // before any child

std::atomic<bool> counts = false;

bool fails() {
  if (!counts || !orders->armed || orders->left.fetch_sub(1) != 1) return false;
  orders->struck = true;
  return true;
}

}  // namespace

// The other forms of new, but the aligned ones, come here, too.
void* operator new(std::size_t bytes) {
  void* block = fails() ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }

namespace truce::fault {

void fail_allocation(std::int64_t nth) {
  orders->struck = false;
  orders->left = nth;
  orders->armed = true;
}

bool disarm_allocations() {
  orders->armed = false;
  return orders->struck;
}

void count_allocations() { counts = true; }

}  // namespace truce::fault
