// SPDX-License-Identifier: Apache-2.0
// A damaged durable shelf is rebuilt from what can still be read of it (wreck.h):
//
//   <file>.rescue    the new shelf while it is made; whatever a start finds under this name goes
//   <file>.rescued   the same, whole and safe: from here on it is the truth. A start that finds it
//                    finishes what a power cut interrupted
//   <file>.corrupt-<time>, with -wal  the damaged original
//
// Until the last rename the original is there or .rescued is. What is on neither is counted as
// dropped, with the reason "damaged", and leaves a gap.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/log.h"
#include "core/timestamp.h"
#include "outbox/files.h"

namespace lamppost::outbox {

// What salvaging needs beside the file.
struct SalvageTools {
  Timestamp now;
  const Log& log;
  FreeDisk free_disk = outbox::free_disk;
};

// Before a shelf is opened: removes a half-made one, puts a whole one into its place.
void finish_salvage(const std::filesystem::path& path, const SalvageTools& tools);

// True when a rebuilt file is in its place; false when there is nothing of an outbox in this one.
// Throws ConfigError when the disk fails: the original is as it was, or .rescued is there.
bool salvage(const std::filesystem::path& path, std::string_view why, const SalvageTools& tools);

// Whether the file is damaged in a way that SQLite takes for a failing disk or somebody else's
// file: places that can not be read while others can, a header that Lamppost does not write.
bool is_wrecked(const std::filesystem::path& path);

// Whether most of a sample of the file's pages can be read.
bool reads_for_the_most_part(const std::filesystem::path& path);

}  // namespace lamppost::outbox
