// SPDX-License-Identifier: Apache-2.0
// Counts what SQLite writes: a thin layer over its file layer (SQLite "VFS") that adds up the bytes
// of every write to a database, its WAL and its journal. That is what reaches the file system;
// pages that a checkpoint copies count again, as they should. Not in it: the file system's own
// metadata.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace lamppost::outbox {

using ByteCounter = std::shared_ptr<const std::atomic<std::uint64_t>>;

// The name to open a database with, for Database::open. Lies over the file layer that is SQLite's
// default at this moment. Thread-safe.
const char* counting_vfs();

// Bytes written to this database by this process since its start. Thread-safe.
ByteCounter bytes_written(const std::filesystem::path& database);

}  // namespace lamppost::outbox
