// SPDX-License-Identifier: Apache-2.0
// From readings that nobody has described yet to [[mapping]] stanzas.
#pragma once

#include <string>
#include <vector>

#include "cli/announced.h"
#include "cli/kinds.h"
#include "cli/recognise.h"
#include "cli/trial.h"
#include "config/config.h"
#include "model/catalogue.h"

namespace lamppost::cli {

struct Proposal {
  std::string toml;    // a stanza with comments: what was seen, what it becomes, what is missing
  bool ready = false;  // a reading that was seen becomes entities with it
};

// Single-threaded. Each stanza is tried: with the profiles and models of `config`, on a reading
// that was seen.
class Proposer {
 public:
  explicit Proposer(const config::Config& config);

  // One for each kind of reading; those that the configuration maps already are left out.
  std::vector<Proposal> propose(const std::vector<Sample>& samples);
  const Recogniser& recogniser() const { return recogniser_; }

 private:
  Proposal propose(const Kind& kind);
  std::string body_of(const Kind& kind, const std::string& name, std::vector<std::string>& notes);
  std::string lorawan_profiles(const Kind& kind, std::vector<std::string>& notes);
  std::optional<Kind> beyond_profile(const Kind& kind) const;
  std::string name_for(const std::string& topic);

  const config::Config& config_;
  Recogniser recogniser_;
  Trial trial_;
  model::Catalogue models_;
  std::vector<std::string> names_;
};

}  // namespace lamppost::cli
