// SPDX-License-Identifier: Apache-2.0
// How a run-time failure travels. Faults are sorted by what the caller must do next, not by where
// they came from; a fourth fault needs a fourth behaviour.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace lamppost {

enum class Fault {
  kMalformed,  // these bytes will never be good: dead letter, acknowledge
  kTransient,  // try again later: nothing is wrong with the bytes
  kRefused,    // push back: do not acknowledge, the sender keeps it
};

struct Error {
  Fault fault = Fault::kMalformed;
  std::string text;     // for a person: what, why
  std::string pointer;  // RFC 6901 pointer to the offending place, "" when there is none
};

// A value or an Error. Result<void> for operations that yield nothing.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const Error& error() const {
    assert(!ok_);
    return error_;
  }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace lamppost
