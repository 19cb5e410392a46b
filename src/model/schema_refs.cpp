// SPDX-License-Identifier: Apache-2.0
#include "model/schema_refs.h"

#include <algorithm>

#include "core/log.h"

namespace lamppost::model {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxMembers = 20000;  // ordered_json looks for a key among all before it
constexpr std::size_t kMaxValues = 100000;

Error refused(std::string text) { return {Fault::kMalformed, std::move(text), ""}; }

class Expansion {
 public:
  explicit Expansion(const SchemaSource& source) : source_(source) {}

  Result<SchemaJson> value(const SchemaJson& value, const SchemaJson& document, int depth) {
    if (depth > kMaxDepth) return refused("is nested deeper than 64 levels");
    if (++values_ > kMaxValues) return refused("grows beyond 100000 values by its references");
    if (value.is_array()) return array(value, document, depth);
    if (!value.is_object()) return value;
    const auto ref = value.find("$ref");
    if (ref != value.end() && ref->is_string())
      return reference(ref->get<std::string>(), value, document, depth);
    return object(value, document, depth, SchemaJson::object());
  }

  std::vector<std::string> take_missing() { return std::move(missing_); }

 private:
  Result<SchemaJson> array(const SchemaJson& items, const SchemaJson& document, int depth) {
    SchemaJson result = SchemaJson::array();
    for (const auto& item : items) {
      auto expanded = value(item, document, depth + 1);
      if (!expanded) return expanded;
      result.push_back(std::move(*expanded));
    }
    return result;
  }

  // The members of `value`, over those that `result` has already.
  Result<SchemaJson> object(const SchemaJson& members, const SchemaJson& document, int depth,
                            SchemaJson result) {
    for (const auto& [key, member] : members.items()) {
      if (key == "$ref") continue;
      auto expanded = value(member, document, depth + 1);
      if (!expanded) return expanded;
      result[key] = std::move(*expanded);
    }
    return result;
  }

  Result<SchemaJson> reference(const std::string& ref, const SchemaJson& value,
                               const SchemaJson& document, int depth) {
    const std::size_t hash = std::min(ref.find('#'), ref.size());
    const std::string url = ref.substr(0, hash);
    const SchemaJson* in = url.empty() ? &document : source_(url);
    const SchemaJson* target = in == nullptr ? nullptr : at(*in, ref.substr(hash));
    if (target == nullptr) {
      missing_.push_back(ref);
      return object(value, document, depth, SchemaJson::object());
    }
    if (std::find(open_.begin(), open_.end(), target) != open_.end())
      return refused("$ref goes in a circle at \"" + printable(ref, 200) + '"');
    open_.push_back(target);
    auto expanded = this->value(*target, *in, depth + 1);
    open_.pop_back();
    if (!expanded || !expanded->is_object()) return expanded;
    return object(value, document, depth, std::move(*expanded));
  }

  static const SchemaJson* at(const SchemaJson& document, const std::string& fragment) {
    if (fragment.size() < 2) return &document;
    try {
      const SchemaJson::json_pointer pointer(fragment.substr(1));
      return document.contains(pointer) ? &document.at(pointer) : nullptr;
    } catch (const SchemaJson::exception&) {  // an anchor, or no pointer at all
      return nullptr;
    }
  }

  const SchemaSource& source_;
  std::size_t values_ = 0;
  std::vector<const SchemaJson*> open_;
  std::vector<std::string> missing_;
};

}  // namespace

Result<SchemaJson> parse_schema(std::string_view text) {
  if (text.size() > kMaxSchemaBytes) return refused("has more than 2 MiB");
  const char* wrong = nullptr;
  std::size_t members = 0;
  const auto watch = [&](int depth, SchemaJson::parse_event_t event, SchemaJson&) {
    if (event == SchemaJson::parse_event_t::key) ++members;
    if (depth > kMaxDepth) wrong = "is nested deeper than 64 levels";
    if (members > kMaxMembers) wrong = "has more than 20000 members";
    return wrong == nullptr;
  };
  try {
    auto schema = SchemaJson::parse(text, watch);
    if (wrong != nullptr) return refused(wrong);
    if (!schema.is_object()) return refused("is no JSON Schema: an object is expected");
    return schema;
  } catch (const SchemaJson::parse_error& fault) {
    return Error{Fault::kMalformed, "is not JSON here",
                 std::to_string(fault.byte == 0 ? 0 : fault.byte - 1)};
  }
}

Result<Expanded> expand(const SchemaJson& schema, const SchemaSource& source) {
  Expansion expansion(source);
  auto whole = expansion.value(schema, schema, 0);
  if (!whole) return whole.error();
  return Expanded{std::move(*whole), expansion.take_missing()};
}

}  // namespace lamppost::model
