// The samples a system: from the files of the command line to records.
#pragma once

#include <string>
#include <vector>

#include "engine/core/model/ids.h"
#include "engine/core/model/json.h"

namespace truce::infer {

struct SampleFile {
  std::string name;    // for messages, and to guess the system from
  std::string system;  // as the command line says; empty: guessed
  std::string text;
};

struct SystemSample {
  SystemName name;
  std::string preset;         // that read the records: "hubspot.record"; empty: as they are
  std::string object;         // what the system calls its records: "Contact", "person"; empty
  std::vector<Json> records;  // at most records_max
  std::size_t left_out = 0;   // records beyond that
  std::size_t without = 0;    // deletions and the like, which hold no record
};

// In the order in which the systems are first met. A record's system is the one that the command
// line names, else the one that the ChangeEvent around it names, else the vendor whose shape it
// has, else what the file's name says ("crm_contacts.json" is crm). Files of one system are joined.
//
// `schema` when a file has no records in it, when there are more than 16 systems or fewer than two.
Result<std::vector<SystemSample>> read_samples(const std::vector<SampleFile>& files);

// The system that a file's name tells of: its first word that names no kind of record.
std::string system_of_file_name(const std::string& path);

}  // namespace truce::infer
