// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/senml_pack.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "core/ascii.h"
#include "drivers/formats/in_quotes.h"

namespace lamppost::formats {
namespace {

constexpr double kAbsoluteFrom = 268'435'456;    // 2^28 s, section 4.5.3
constexpr double kLastSecond = 253'402'300'799;  // end of the year 9999
constexpr double kVersion = 10;

// Labels of fields, at their place in a Fields array. The unknown ones have none.
constexpr auto kLabels =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"bver", "-1"},
                                                                  {"bn", "-2"},
                                                                  {"bt", "-3"},
                                                                  {"bu", "-4"},
                                                                  {"bv", "-5"},
                                                                  {"bs", "-6"},
                                                                  {"n", "0"},
                                                                  {"u", "1"},
                                                                  {"v", "2"},
                                                                  {"vs", "3"},
                                                                  {"vb", "4"},
                                                                  {"s", "5"},
                                                                  {"t", "6"},
                                                                  {"ut", "7"},
                                                                  {"vd", "8"}});
enum Field { kBver, kBn, kBt, kBu, kBv, kBs, kN, kU, kV, kVs, kVb, kS, kT, kUt, kVd };
using Fields = std::array<const Json*, kLabels.size()>;

bool is_right_type(std::size_t field, const Json& value) {
  switch (field) {
    case kBn:
    case kBu:
    case kN:
    case kU:
    case kVs:
    case kVd:
      return value.is_string();
    case kVb:
      return value.is_boolean();
    default:
      return value.is_number();
  }
}

std::string_view text_of(const Json* field) {
  return field == nullptr ? std::string_view() : field->get_ref<const std::string&>();
}

double number_of(const Json* field) { return field == nullptr ? 0 : field->get<double>(); }

// Resolves one record after the other; base fields carry over.
class Resolver {
 public:
  Resolver(SenmlLabels labels, Timestamp arrived) : labels_(labels), arrived_(arrived) {}

  bool add(const Json& record);
  std::vector<SenmlRecord> records();
  Error error() const;

 private:
  bool sort_fields(const Json& record, Fields& fields);
  std::size_t field_of(std::string_view label) const;
  bool keep_bases(const Fields& fields);
  bool resolve(const Fields& fields);
  bool set_value(const Fields& fields, SenmlRecord& record);
  bool set_time(const Fields& fields, SenmlRecord& record);
  bool fail(std::string what) {
    fault_ = std::move(what);
    return false;
  }

  SenmlLabels labels_;
  Timestamp arrived_;
  Fields base_{};  // only the base fields
  std::optional<double> version_;
  std::size_t count_ = 0;  // records seen
  std::vector<SenmlRecord> records_;
  std::string fault_;
};

Error Resolver::error() const {
  const std::string record = std::to_string(count_ - 1);
  return Error{Fault::kMalformed, "not SenML: " + fault_ + " in record " + record, "/" + record};
}

// Some encoders write the JSON labels into CBOR, so both are understood there.
std::size_t Resolver::field_of(std::string_view label) const {
  for (std::size_t i = 0; i < kLabels.size(); ++i)
    if (label == kLabels[i].first || (labels_ == SenmlLabels::kCbor && label == kLabels[i].second))
      return i;
  return kLabels.size();
}

bool Resolver::sort_fields(const Json& record, Fields& fields) {
  for (const auto& [label, value] : record.items()) {
    const std::size_t field = field_of(label);
    const bool known = field < kLabels.size();
    if (!known && label.ends_with('_'))
      return fail("the field " + in_quotes(label) + " must be understood and is not,");
    if (known && !is_right_type(field, value))
      return fail('"' + std::string(kLabels[field].first) + "\" is of the wrong type");
    if (known) fields[field] = &value;
  }
  return true;
}

// Section 4.4: all records have one version, which the first may tell.
bool Resolver::keep_bases(const Fields& fields) {
  for (const Field base : {kBn, kBt, kBu, kBv, kBs})
    if (fields[base] != nullptr) base_[base] = fields[base];
  if (fields[kBver] == nullptr) return true;
  const double version = number_of(fields[kBver]);
  if (version > kVersion || version < 1 || version != std::floor(version))
    return fail("version " + fields[kBver]->dump() + ", only 1 to 10 are known,");
  if (version_.value_or(version) != version) return fail("a second version");
  version_ = version;
  return true;
}

bool Resolver::add(const Json& record) {
  ++count_;
  if (!record.is_object()) return fail("something that is no record");
  Fields fields{};
  if (!sort_fields(record, fields) || !keep_bases(fields)) return false;
  const bool only_bases =
      std::all_of(fields.begin() + kN, fields.end(), [](const Json* field) { return !field; });
  return only_bases || resolve(fields);
}

bool Resolver::resolve(const Fields& fields) {
  SenmlRecord record;
  record.base_name = text_of(base_[kBn]);
  record.name = text_of(fields[kN]);
  record.unit = text_of(fields[kU] != nullptr ? fields[kU] : base_[kBu]);
  if (record.base_name.size() + record.name.size() > kMaxSenmlName)
    return fail("a name longer than 1024 bytes");
  if (!is_senml_name(record.base_name, record.name)) return fail("no good name");
  if (!set_value(fields, record) || !set_time(fields, record)) return false;
  records_.push_back(std::move(record));
  return true;
}

// Section 4.5.4: what is missing of base and own value counts as zero.
bool Resolver::set_value(const Fields& fields, SenmlRecord& record) {
  const Json* only = nullptr;
  for (const Field kind : {kV, kVs, kVb, kVd}) {
    if (fields[kind] == nullptr) continue;
    if (only != nullptr) return fail("more than one value");
    only = fields[kind];
  }
  const bool has_sum = fields[kS] != nullptr || base_[kBs] != nullptr;
  const bool numeric = only == nullptr ? !fields[kS] : only == fields[kV];
  if (numeric && base_[kBv] != nullptr)
    record.value = number_of(base_[kBv]) + number_of(fields[kV]);
  else if (only != nullptr)
    record.value = *only;
  if (has_sum) record.sum = number_of(base_[kBs]) + number_of(fields[kS]);
  if (!record.value && !record.sum) return fail("no value");
  const bool finite = (!record.value || !record.value->is_number_float() ||
                       std::isfinite(record.value->get<double>())) &&
                      std::isfinite(record.sum.value_or(0));
  return finite || fail("a value beyond the range of 64-bit reals");
}

bool Resolver::set_time(const Fields& fields, SenmlRecord& record) {
  const double seconds = number_of(base_[kBt]) + number_of(fields[kT]);
  if (!(std::abs(seconds) <= kLastSecond)) return fail("a time beyond the year 9999");
  const auto ms = static_cast<std::int64_t>(std::llround(seconds * 1000));
  record.at.ms = seconds < kAbsoluteFrom ? arrived_.ms + ms : ms;
  record.now = ms == 0;
  return true;
}

std::vector<SenmlRecord> Resolver::records() {
  std::stable_sort(records_.begin(), records_.end(),
                   [](const SenmlRecord& a, const SenmlRecord& b) { return a.at < b.at; });
  return std::move(records_);
}

}  // namespace

bool is_senml_name(std::string_view first_part, std::string_view second_part) {
  const auto allowed = [&](char c) {
    return is_alphanumeric(c) || std::string_view("-:./_").find(c) != std::string_view::npos;
  };
  const std::string_view start = first_part.empty() ? second_part : first_part;
  return !start.empty() && (is_alphanumeric(start[0]) || start[0] == '/') &&
         std::all_of(first_part.begin(), first_part.end(), allowed) &&
         std::all_of(second_part.begin(), second_part.end(), allowed);
}

Result<std::vector<SenmlRecord>> resolve(const Json& pack, SenmlLabels labels, Timestamp arrived) {
  const auto malformed = [](const char* what) {
    return Error{Fault::kMalformed, std::string("not SenML: ") + what, ""};
  };
  if (!pack.is_array()) return malformed("a pack is an array of records");
  if (pack.empty()) return malformed("a pack without records");
  if (pack.size() > kMaxRecords) return malformed("more than 10000 records");
  Resolver resolver(labels, arrived);
  for (const Json& record : pack)
    if (!resolver.add(record)) return resolver.error();
  return resolver.records();
}

}  // namespace lamppost::formats
