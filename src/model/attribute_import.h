// SPDX-License-Identifier: Apache-2.0
// One property of a schema as an attribute of a model.
#pragma once

#include <string>
#include <vector>

#include "model/catalogue.h"
#include "model/schema_refs.h"

namespace lamppost::model {

class AttributeImport {
 public:
  // The property, with its references followed, must outlive this object.
  AttributeImport(const std::string& name, const SchemaJson& property);

  void read();

  AttributeModel attribute;
  std::vector<std::string> notes;

 private:
  void read_kind();
  void read_shape();
  void read_unit();
  void read_angle();
  void read_fill();
  void note(std::string text) { notes.push_back(std::move(text)); }

  const SchemaJson& property_;
  std::string description_;
};

}  // namespace lamppost::model
