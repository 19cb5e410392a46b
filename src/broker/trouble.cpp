// SPDX-License-Identifier: Apache-2.0
#include "broker/trouble.h"

#include "broker/words.h"

namespace lamppost::broker {

void Trouble::note(Kind kind, const std::string& reason, Milliseconds next_try, Milliseconds now) {
  const std::string shown = printable(reason);
  const bool news = kind != kind_ || shown != reason_;
  if (kind_ == Kind::kNone) since_ = now;
  kind_ = kind;
  reason_ = shown;
  if (!news) return;
  const std::string what = "broker " + name_ + ": " + shown;
  if (kind == Kind::kPaused)
    log_.error(what + "; nothing more is sent and every reading is kept, next look in " +
               in_words(next_try));
  else
    log_.warning(what + "; keeping readings, next try in " + in_words(next_try));
}

void Trouble::over(std::uint64_t waiting, Milliseconds now) {
  if (kind_ == Kind::kNone) return;
  kind_ = Kind::kNone;
  reason_.clear();
  log_.notice("broker " + name_ + ": back after " + in_words(now - since_) + ", " +
              std::to_string(waiting) + " rows waited");
}

}  // namespace lamppost::broker
