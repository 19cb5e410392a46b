// SPDX-License-Identifier: Apache-2.0
#include "ngsi_ld/batch_report.h"

#include "core/json.h"
#include "ngsi_ld/classifier.h"

namespace lamppost::ngsi_ld {
namespace {

constexpr int kMaxDepth = 32;
constexpr int kMaxValues = 50'000;  // 500 entities fail with about ten values each
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A look at the brackets before anything is built, so that a hostile body costs no memory.
bool within_bounds(std::string_view body) {
  int depth = 0;
  int values = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth || ++values > kMaxValues) return false;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && ++values > kMaxValues) {
      return false;
    }
  }
  return true;
}

std::string_view without_blanks(std::string_view body) {
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  const auto first = body.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{} : body.substr(first);
}

// Cuts between characters, not inside one.
std::string cut(std::string text) {
  if (text.size() <= kMaxWords) return text;
  std::size_t end = kMaxWords;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? std::string{} : cut(text_of(*found));
}

int status_of(const Json& object) {
  for (const char* name : {"status", "errorCode"}) {
    const auto found = object.find(name);
    if (found == object.end()) continue;
    if (found->is_number_integer()) {
      const auto status = found->get<std::int64_t>();
      if (status >= 100 && status <= 599) return static_cast<int>(status);
    }
  }
  return 0;
}

// "https://uri.etsi.org/ngsi-ld/errors/BadRequestData" -> "BadRequestData". Problem types of
// proxies ("urn:dx:as:InvalidRole") end in a word as well.
std::string last_segment(const std::string& type) {
  const auto at = type.find_last_of("/#:");
  return at == std::string::npos ? type : type.substr(at + 1);
}

Problem problem_of(const Json& value) {
  if (value.is_array() && !value.empty() && value.front().is_object())
    return problem_of(value.front());
  Problem problem;
  problem.words = cut(text_of(value));
  if (!value.is_object()) {
    problem.detail = problem.words;
    return problem;
  }
  problem.type = last_segment(member(value, "type"));
  problem.title = member(value, "title");
  problem.detail = member(value, "detail");
  problem.status = status_of(value);
  problem.blank_title = problem.title.empty() && value.contains("title");
  return problem;
}

const Json* first_of(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto found = object.find(name); found != object.end()) return &*found;
  return nullptr;
}

std::string id_of(const Json& element) {
  const Json* id = element.is_object() ? first_of(element, {"entityId", "id"}) : nullptr;
  return id != nullptr && id->is_string() ? id->get<std::string>() : std::string{};
}

void add_error(BatchReport& report, const Json& element) {
  const Json* inner =
      element.is_object() ? first_of(element, {"error", "ProblemDetails", "failure"}) : nullptr;
  Problem problem = problem_of(inner != nullptr ? *inner : element);
  problem.remote = element.is_object() && element.contains("registrationId");
  problem.words = cut(text_of(element));
  report.errors.emplace_back(id_of(element), std::move(problem));
}

void add_success(BatchReport& report, const Json& element) {
  if (element.is_string()) report.success.push_back(element.get<std::string>());
  if (element.is_object()) report.success.push_back(id_of(element));
}

void read_object(BatchReport& report, const Json& body) {
  const Json* errors = first_of(body, {"errors"});
  const Json* success = first_of(body, {"success"});
  if (errors == nullptr && success == nullptr) {
    report.problem = problem_of(body);
    return;
  }
  report.form = BodyForm::kReport;
  if (success != nullptr && success->is_array())
    for (const Json& element : *success) add_success(report, element);
  if (errors == nullptr || !errors->is_array()) return;
  report.has_errors = true;
  for (const Json& element : *errors) add_error(report, element);
}

void read_array(BatchReport& report, const Json& body) {
  bool only_ids = true;
  for (const Json& element : body) {
    only_ids = only_ids && element.is_string();
    const bool object = element.is_object();
    if (object && element.contains("failure"))
      add_error(report, element);
    else if (!object || element.contains("success"))
      add_success(report, element);
  }
  report.form = only_ids ? BodyForm::kIds : BodyForm::kReport;
  report.has_errors = !report.errors.empty();
}

}  // namespace

BatchReport read_report(std::string_view body) {
  BatchReport report;
  body = without_blanks(body);
  report.markup = body.starts_with('<');
  report.problem.words = cut(std::string(body.substr(0, kMaxWords + 1)));
  if (body.empty() || report.markup || !within_bounds(body)) return report;

  const Json parsed = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return report;
  report.form = BodyForm::kOther;
  if (parsed.is_object()) read_object(report, parsed);
  if (parsed.is_array()) read_array(report, parsed);
  return report;
}

}  // namespace lamppost::ngsi_ld
