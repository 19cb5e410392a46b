// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/lwm2m_path.h"

#include <algorithm>

#include "drivers/formats/number.h"

namespace lamppost::formats {

std::string to_text(const Lwm2mPath& path) {
  std::string text;
  for (const std::uint16_t id : path) text += '/' + std::to_string(id);
  return text;
}

std::optional<std::uint16_t> lwm2m_id(std::string_view text) {
  const auto number = text.size() <= 5 ? parse_number(text) : std::nullopt;
  if (!number || !number->is_number_unsigned() || *number > 65535 ||
      text.find_first_not_of("0123456789") != text.npos)
    return std::nullopt;
  return number->get<std::uint16_t>();
}

std::optional<Lwm2mPath> parse_lwm2m_path(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  Lwm2mPath path;
  while (path.size() < 4) {
    const std::size_t length = std::min(text.find('/'), text.size());
    const auto id = lwm2m_id(text.substr(0, length));
    if (!id) return std::nullopt;
    path.push_back(*id);
    if (length == text.size()) return path;
    text.remove_prefix(length + 1);
  }
  return std::nullopt;
}

Lwm2mPath path_at_end(std::string_view topic) {
  Lwm2mPath path;
  while (path.size() < 4 && !topic.empty()) {
    const std::size_t slash = topic.rfind('/');
    const auto id = lwm2m_id(topic.substr(slash + 1));  // npos + 1 is 0
    if (!id) break;
    path.insert(path.begin(), *id);
    topic = slash == topic.npos ? "" : topic.substr(0, slash);
  }
  return path;
}

}  // namespace lamppost::formats
