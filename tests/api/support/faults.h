// A `truce` whose operating system does as a test says; see tests/api/preload.
#pragma once

#include "tests/api/preload/fault_orders.h"
#include "tests/api/support/truce_process.h"

namespace truce::test {

class Faults {
 public:
  explicit Faults(const Folder& folder);
  ~Faults();
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  // False where a library cannot be put in front: under a sanitizer.
  static bool are_possible();
  FaultOrders* operator->() const { return orders_; }
  // For TruceProcess.
  Wrap wrap() const;

 private:
  std::string path_;
  FaultOrders* orders_;
};

}  // namespace truce::test
