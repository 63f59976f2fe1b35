#include "tests/api/support/faults.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace truce::test {

Faults::Faults(const Folder& folder) : path_(folder.path("fault-orders")) {
  const int file = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(ftruncate(file, sizeof(FaultOrders)) == 0);
  void* memory = mmap(nullptr, sizeof(FaultOrders), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  REQUIRE(memory != MAP_FAILED);
  orders_ = static_cast<FaultOrders*>(memory);
}

Faults::~Faults() { munmap(orders_, sizeof(FaultOrders)); }

bool Faults::are_possible() { return !std::string(TRUCE_PRELOAD).empty(); }

Wrap Faults::wrap() const {
  return [path = path_](const std::vector<std::string>& command) {
    std::vector<std::string> wrapped = {"env", std::string("LD_PRELOAD=") + TRUCE_PRELOAD,
                                        "TRUCE_FAULT_ORDERS=" + path};
    wrapped.insert(wrapped.end(), command.begin(), command.end());
    return wrapped;
  };
}

}  // namespace truce::test
