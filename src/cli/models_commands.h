// SPDX-License-Identifier: Apache-2.0
// What follows the word `models`, where it is long enough for a file of its own.
#pragma once

#include "cli/arguments.h"
#include "model/catalogue.h"

namespace lamppost::cli {

int import_model(const Arguments& arguments);
int export_models(const Arguments& arguments, const model::Catalogue& catalogue);
int list_units(const Arguments& arguments);

}  // namespace lamppost::cli
