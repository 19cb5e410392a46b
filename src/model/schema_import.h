// SPDX-License-Identifier: Apache-2.0
// A published schema.json of the Smart Data Models as an entry of the catalogue. Names, types,
// ranges, words and required attributes are what the schema says; kinds, units and the times that
// fill themselves are read off names and descriptions, and every guess is noted.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "model/catalogue.h"
#include "model/schema_refs.h"

namespace lamppost::model {

struct Note {
  std::string attribute;  // "" for the model as a whole
  std::string text;       // "no unit in the schema"
};

struct Imported {
  EntityModel model;
  std::vector<Note> notes;  // in the order of the attributes
};

// `subject` overrides what $id says, which is often another repository; "" trusts it.
Result<Imported> import_schema(const SchemaJson& schema, const std::string& subject,
                               const SchemaSource& source);

// The TOML file of a model as model_file.h reads it, notes as comments above their attributes.
std::string to_toml(const Imported& imported);

}  // namespace lamppost::model
