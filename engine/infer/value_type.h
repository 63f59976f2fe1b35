// What the values of a column look like, and how two columns compare.
#pragma once

#include <optional>
#include <string>

#include "engine/infer/column.h"
#include "engine/infer/words.h"

namespace truce::infer {

// From at most typed_cells_max values and the name. A type counts when nine of ten values are of
// it. Not known where every cell is blank.
ColumnType type_of(const Column& column, const ColumnName& name);

// 1: the same; less: they can be one field, and something may be lost; 0: they cannot.
double compatibility(const ColumnType& a, const ColumnType& b);

// The type of a field that is both; of unknown ones the other's.
ColumnType joined(const ColumnType& a, const ColumnType& b);

// A value in the form in which values of this type are compared, without case and spelling; empty
// when it is none. The elements of a set end with U+001F. Telephone numbers are compared by their
// last nine digits, because a sample does not say whose country is meant.
std::string compared_form(FieldType type, const ColumnType& how, const Json& node);

// Fills in type, keys, distinct and a sketch of at most `keys_max` values.
void describe(Column& column, const ColumnName& name, std::size_t keys_max);

}  // namespace truce::infer
