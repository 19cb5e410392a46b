// SPDX-License-Identifier: Apache-2.0
// `lamppost import iota FILE...`: an estate of another gateway in Lamppost's own words.
#include <fstream>
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/iota_text.h"
#include "config/config.h"
#include "drivers/formats/json_tree.h"

namespace lamppost::cli {
namespace {

void write_devices(const std::string& rows, const std::string& file) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << rows << std::flush;
  if (!out) throw UsageError(file + " cannot be written");
}

int import_iota(const Arguments& arguments) {
  IotaEstate estate;
  for (std::size_t i = 1; i < arguments.words().size(); ++i) {
    const std::string& file = arguments.words()[i];
    const auto tree = formats::json_to_tree(read_input(file));
    const Result<void> added = tree ? add_iota(*tree, estate) : Result<void>(tree.error());
    if (!added) {
      std::cerr << file << ": " << added.error().text << "\n";
      return kBadData;
    }
  }
  Findings findings;
  const auto catalogue =
      model::Catalogue::load(config::data_dirs(arguments.config(), "models"), findings);
  const IotaText text =
      iota_text(estate, catalogue, arguments.value("--model"), arguments.value("--source", "site"));
  const std::string file = arguments.value("--devices", "devices.csv");
  if (!text.devices.empty()) {
    write_devices(text.devices, file);
    std::cout << "[devices]\nfile    = \"" << file << "\"\nunknown = \"map\"\n\n";
  }
  std::cout << text.toml;
  for (const auto& warning : estate.warnings) std::cerr << "warning: " << warning << "\n";
  return kOk;
}

}  // namespace

int import_estate(const Arguments& arguments) {
  if (arguments.words().size() < 2 || arguments.words()[0] != "iota")
    throw UsageError("import wants `iota` and one or several files of an IoT Agent");
  return import_iota(arguments);
}

}  // namespace lamppost::cli
