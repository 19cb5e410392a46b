// SPDX-License-Identifier: Apache-2.0
// Entities as they lie on flash: in zlib's format (RFC 1950) against a preset dictionary of what
// NGSI-LD repeats. An AirQualityObserved of 1.1 KB takes some 200 bytes, which is what an outage
// costs the flash, and zlib's check sum tells a damaged row from a good one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lamppost::outbox {

// Not thread-safe: it keeps its working memory (some 100 KB) from the first row on.
class Packer {
 public:
  Packer();
  ~Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  std::string pack(std::string_view text);
  // nullopt when these are not bytes that pack() made.
  std::optional<std::string> unpack(std::string_view bytes);

 private:
  struct Deflater;
  struct Inflater;
  std::unique_ptr<Deflater> deflater_;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace lamppost::outbox
