// What the readers of a golden record share. Internal to engine/app.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "engine/app/records.h"
#include "engine/core/survive/survive.h"

namespace truce {

std::string_view word_of(EntryKind kind);
std::string_view word_of(Base::State state);
Json provenance_json(const Provenance& provenance);
Json lineage_json(const GoldenField& field);

// One that was merged into another is followed to the survivor.
Result<GoldenRecord> find_living(Reader& reader, const EntityName& entity, GoldenId id);

struct Derived {
  std::vector<SourceRecord> sources;
  std::vector<SourceView> views;
  Survivors survivors;
};

// The views point into `sources`, so it is filled in place and never moved afterwards.
void derive_views(Reader& reader, const Entity& entity, const GoldenRecord& golden,
                  Derived& derived);

}  // namespace truce
