// SPDX-License-Identifier: Apache-2.0
// What the Smart Data Models say in descriptions only: "Relationship. Reference to the device",
// "Property. Units:'kilowatt hour (kWh)'. Energy since ...".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/entity_update.h"

namespace lamppost::model {

// The kind a description begins with, nullopt when it says none.
std::optional<AttributeKind> kind_of_prose(std::string_view description);

// The text between the quotes after "Units:" or "Unit:", "" when there is none.
std::string units_of_prose(std::string_view description);

// The Rec 20 code of such a text, "" when none is certain: "KGM" for "Kilograms (kg)", "M1" for
// "mg per liter", "C62" for "0 to 1".
std::string code_of_prose(std::string_view units);

}  // namespace lamppost::model
