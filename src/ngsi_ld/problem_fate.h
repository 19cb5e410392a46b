// SPDX-License-Identifier: Apache-2.0
// What one problem, as a broker words it, means for the one row it is about.
#pragma once

#include <optional>

#include "ngsi_ld/batch_report.h"
#include "ngsi_ld/classifier.h"

namespace lamppost::ngsi_ld {

// "400" is no verdict by itself: deadlocks and lost database connections hide behind it.
RowOutcome fate_of(const Problem& problem);

// The problem is about the destination as a whole (tenant, access, @context), not about data: a
// sentence that says so. nullopt when it is not.
std::optional<std::string> config_fault(const Problem& problem);

// The broker lacks the operation itself, or its own statement for it is broken (Scorpio 5.0.9 with
// options=update): another way of writing may do. A sentence; nullopt when it is not that.
std::optional<std::string> operation_fault(const Problem& problem);

// The broker could not load the @context that we named.
bool context_unavailable(const Problem& problem);

// A size limit that hides behind a 400 (Stellio's codec buffer, Orion-LD's payload reader).
bool sounds_too_large(const Problem& problem);

}  // namespace lamppost::ngsi_ld
