// SPDX-License-Identifier: Apache-2.0
// From the names that devices give their values to attributes of the Smart Data Models.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "model/catalogue.h"

namespace lamppost::cli {

// A value that was seen, or announced, under a name.
struct Leaf {
  std::string from;  // name of the observation: "/t", "value"
  std::string word;  // what it measures, as people write it: "/t", "temperature", "PM 2.5"
  Json value;        // null when it was only announced
  std::string unit;  // Rec 20 code or a symbol such as "°C"; "" when nobody said
  std::optional<double> min, max;  // that a device announces
};

struct GuessedAttribute {
  std::string name;  // of the model
  std::string unit;  // Rec 20 code in which it comes
  Leaf leaf;
};

struct Guess {
  std::string model;
  std::vector<GuessedAttribute> attributes;
  std::vector<Leaf> left;  // of no attribute of the model
};

// The model that has a place for most of the leaves; DeviceMeasurement for a number that is alone;
// else a Guess without a model.
Guess guess_model(const std::vector<Leaf>& leaves, const model::Catalogue& models);

// Whether this is the name of something that devices measure.
bool is_quantity(const std::string& word);

}  // namespace lamppost::cli
