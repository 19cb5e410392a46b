// SPDX-License-Identifier: Apache-2.0
#include "config/calibration.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "config/parts.h"
#include "config/wording.h"
#include "core/suggest.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxTerms = 8;

std::vector<double> read_polynomial(const Section& section) {
  const Json written = to_json(*section.layers().find("polynomial").node);
  for (const char* key : {"gain", "offset"})
    if (section.has(key))
      section.error(key, "is said by polynomial already: c0 is the offset, c1 the gain");
  const bool good = written.is_array() && written.size() >= 2 && written.size() <= kMaxTerms &&
                    std::all_of(written.begin(), written.end(), [](const Json& term) {
                      return term.is_number() && std::isfinite(term.get<double>());
                    });
  if (good) {
    auto terms = written.get<std::vector<double>>();
    if (std::any_of(terms.begin() + 1, terms.end(), [](double term) { return term != 0; }))
      return terms;
    section.error("polynomial", "makes the same of every value");
  } else {
    section.error("polynomial", "expected a list of two to eight numbers",
                  "such as [-0.4, 1.02, 0.001] for -0.4 + 1.02 x + 0.001 x^2");
  }
  return {0, 1};
}

Calibration read_one(const Section& section) {
  section.refuse_unknown_keys();
  Calibration read;
  read.where = section.where();
  read.device = section.text("device");
  read.attribute = section.text("attribute");
  section.text("note");
  if (const auto from = section.text("valid_from"); !from.value.empty()) {
    read.valid_from = parse_rfc3339(from.value);
    if (!read.valid_from)
      section.error("valid_from", "expected a time such as \"2026-03-01T00:00:00Z\", not " +
                                      in_quotes(from.value));
  }
  if (section.has("polynomial")) {
    read.polynomial = read_polynomial(section);
    return read;
  }
  const double gain = section.optional_number("gain").value_or(1);
  read.polynomial = {section.optional_number("offset").value_or(0), gain};
  if (gain == 0) section.error("gain", "0 would make every value the same");
  if (!section.has("gain") && !section.has("offset"))
    section.loading().findings.error(section.where(), "[[calibration]] corrects nothing",
                                     "add offset, gain or polynomial");
  return read;
}

// Of two for the same sensor and the same time nobody could say which one holds.
void check_twins(const std::vector<Calibration>& all, Findings& findings) {
  std::map<std::tuple<std::string, std::string, std::int64_t>, const Calibration*> known;
  for (const auto& one : all) {
    const auto from = one.valid_from.value_or(Timestamp{INT64_MIN}).ms;
    const auto [first, fresh] =
        known.emplace(std::tuple(one.device.value, one.attribute.value, from), &one);
    if (!fresh)
      findings.error(one.where,
                     one.attribute.value + " of " + in_quotes(one.device.value) +
                         " is calibrated from the same time on at " + place(first->second->where),
                     "valid_from tells them apart");
  }
}

void check_device(const Calibration& one, const Devices& devices, Findings& findings) {
  if (!devices.file || devices.by_key.contains(one.device.value) || one.device.value.empty())
    return;
  std::vector<std::string> keys;
  for (const auto& [key, device] : devices.by_key) keys.push_back(key);
  const std::string text =
      "device: " + in_quotes(one.device.value) + " is not listed in " + devices.file->value;
  if (devices.unknown == UnknownDevice::kMap)
    findings.warning(one.device.where, text, suggest(one.device.value, keys));
  else
    findings.error(one.device.where, text, suggest(one.device.value, keys));
}

}  // namespace

std::vector<Calibration> read_calibrations(Loading& loading,
                                           const std::vector<const toml::table*>& tables,
                                           const Devices& devices) {
  std::vector<Calibration> all;
  for (const auto* table : tables) {
    all.push_back(read_one({loading,
                            "[[calibration]]",
                            Layers(*table),
                            loading.documents.where(*table),
                            {"calibration"}}));
    check_device(all.back(), devices, loading.findings);
  }
  check_twins(all, loading.findings);
  return all;
}

}  // namespace lamppost::config
