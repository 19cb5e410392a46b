// SPDX-License-Identifier: Apache-2.0
// Answers that name rows (ETSI GS CIM 009, 5.2.17, and its relatives in the field).
#pragma once

#include "ngsi_ld/batch_report.h"
#include "ngsi_ld/whole_batch.h"

namespace lamppost::ngsi_ld {

// Every row by what the report says about its id.
Classification by_row(const Sent& sent, const BatchReport& report);

// The batch was one row, and the whole answer is about it.
Classification lone_row(const Sent& sent, Problem problem);

}  // namespace lamppost::ngsi_ld
