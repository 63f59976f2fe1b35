#include "engine/infer/sample.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/infer/bounds.h"
#include "engine/infer/documents.h"
#include "engine/infer/envelopes.h"
#include "engine/infer/policy_names.h"
#include "engine/infer/vendors.h"
#include "engine/presets/vendor_event.h"

namespace truce::infer {

namespace {

std::string place_of(const SampleFile& file, const Document& document, const std::string& pointer) {
  std::string place = shown(file.name);
  if (document.line != 0) place += ": line " + std::to_string(document.line);
  if (!pointer.empty()) place += ": at " + shown(pointer);
  return place;
}

std::string system_name(const SampleFile& file, const FoundRecord& found, std::string_view vendor) {
  if (!file.system.empty()) return file.system;
  if (is_policy_name(found.system)) return found.system;
  return vendor.empty() ? system_of_file_name(file.name) : std::string(vendor);
}

// Everything read so far. Records are kept as they came until all are there, because a preset
// counts only when it reads all of a system's.
class Collector {
 public:
  Result<void> take(const SampleFile& file) {
    std::size_t count = 0;
    Result<void> taken =
        for_each_document(file.name, file.text, [&](const Document& document) -> Result<void> {
          const Result<std::size_t> found = take_document(file, document);
          if (!found) return tl::unexpected(found.error());
          count += *found;
          return {};
        });
    if (!taken) return taken;
    if (count == 0) return fail(Code::schema, shown(file.name) + ": no records are in it");
    return {};
  }

  std::vector<SystemSample> finish() {
    std::vector<SystemSample> samples;
    for (Raw& raw : raws_) samples.push_back(finished(std::move(raw)));
    return samples;
  }

 private:
  struct Raw {
    SystemSample sample;
    std::string vendor;  // of all records; empty: of none
    std::vector<std::string> listed_as;
  };

  // How many records were in it.
  Result<std::size_t> take_document(const SampleFile& file, const Document& document) {
    const Result<std::vector<FoundRecord>> found = find_records(document.root);
    if (!found) {
      return fail(found.error().code,
                  place_of(file, document, found.error().pointer) + ": " + found.error().message,
                  found.error().pointer);
    }
    for (const FoundRecord& record : *found) {
      if (Result<void> kept = keep(file, record); !kept) return tl::unexpected(kept.error());
    }
    return found->size();
  }

  Result<void> keep(const SampleFile& file, const FoundRecord& found) {
    const std::string_view vendor = vendor_of(*found.node);
    const std::string name = system_name(file, found, vendor);
    auto raw = std::find_if(raws_.begin(), raws_.end(),
                            [&](const Raw& known) { return known.sample.name.text == name; });
    if (raw == raws_.end()) {
      if (raws_.size() == systems_max) {
        return fail(Code::schema, shown(file.name) + ": more than " + std::to_string(systems_max) +
                                      " systems in the samples");
      }
      raw = raws_.emplace(raws_.end());
      raw->sample.name = SystemName(name);
      raw->vendor = vendor;
    }
    if (raw->sample.records.size() == records_max) {
      ++raw->sample.left_out;
      return {};
    }
    if (raw->vendor != vendor) raw->vendor.clear();
    raw->sample.records.push_back(*found.node);
    raw->listed_as.push_back(found.entity);
    return {};
  }

  static SystemSample finished(Raw raw) {
    SystemSample& sample = raw.sample;
    std::vector<std::string>& objects = raw.listed_as;
    if (!raw.vendor.empty()) read_with_preset(raw);
    const auto said = std::find_if(objects.begin(), objects.end(),
                                   [](const std::string& object) { return !object.empty(); });
    if (said != objects.end()) sample.object = *said;
    return std::move(sample);
  }

  // Leaves everything as it is when the preset takes none of the records.
  static void read_with_preset(Raw& raw) {
    std::vector<Json> records;
    std::vector<std::string> objects;
    for (std::size_t i = 0; i < raw.sample.records.size(); ++i) {
      auto read = read_by_preset(raw.vendor, raw.sample.records[i], raw.listed_as[i]);
      if (!read) continue;
      records.push_back(std::move(read->record));
      objects.push_back(std::move(read->object));
    }
    if (records.empty()) return;
    raw.sample.without = raw.sample.records.size() - records.size();
    raw.sample.records = std::move(records);
    raw.sample.preset = preset_of(raw.vendor);
    raw.listed_as = std::move(objects);
  }

  std::vector<Raw> raws_;
};

bool names_no_system(std::string_view word) {
  constexpr std::array words = {
      "contact",   "contacts",    "person",        "persons",      "people",        "user",
      "users",     "customer",    "customers",     "lead",         "leads",         "company",
      "companies", "account",     "accounts",      "organization", "organizations", "deal",
      "deals",     "opportunity", "opportunities", "ticket",       "tickets",       "case",
      "cases",     "sample",      "samples",       "export",       "list",          "query",
      "data",      "records",     "all",           "from",         "the",           "of"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::string system_of_file_name(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  const std::string file = path.substr(slash == std::string::npos ? 0 : slash + 1);
  const std::string stem = vendor::lower_case(file.substr(0, file.find('.')));
  for (std::size_t at = 0; at < stem.size();) {
    const std::size_t end = std::min(stem.find_first_of("_- ", at), stem.size());
    const std::string word = stem.substr(at, end - at);
    if (is_policy_name(word) && !names_no_system(word)) return word;
    at = end + 1;
  }
  const std::string whole = policy_name(stem);
  return whole.empty() ? "system" : whole;
}

Result<std::vector<SystemSample>> read_samples(const std::vector<SampleFile>& files) {
  Collector collector;
  for (const SampleFile& file : files) {
    if (Result<void> taken = collector.take(file); !taken) return tl::unexpected(taken.error());
  }
  std::vector<SystemSample> samples = collector.finish();
  if (samples.size() >= 2) return samples;
  const std::string only = samples.empty() ? "none" : "\"" + samples.front().name.text + "\"";
  return fail(Code::schema, "the samples must be of two or more systems, and these are all of " +
                                only + "; name each file's system: crm=FILE desk=FILE");
}

}  // namespace truce::infer
