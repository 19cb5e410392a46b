// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/content_format.h"

#include <array>
#include <utility>

namespace lamppost::coap {
namespace {

constexpr std::array<std::pair<std::uint32_t, std::string_view>, 7> kTaken{{
    {0, "text/plain"},
    {50, "application/json"},
    {60, "application/cbor"},
    {110, "application/senml+json"},
    {112, "application/senml+cbor"},
    {11542, "application/vnd.oma.lwm2m+tlv"},
    {11543, "application/vnd.oma.lwm2m+json"},
}};

}  // namespace

std::optional<std::string_view> media_type(std::uint32_t content_format) {
  for (const auto& [number, name] : kTaken)
    if (number == content_format) return name;
  return std::nullopt;
}

std::string taken_formats() {
  std::string list;
  for (const auto& [number, name] : kTaken)
    list += (list.empty() ? "" : " ") + std::to_string(number);
  return list;
}

}  // namespace lamppost::coap
