// SPDX-License-Identifier: Apache-2.0
// Between libcoap's PDUs and this room's values. Only coap_source.cpp includes it.
#pragma once

#include <coap3/coap.h>

#include "drivers/coap/answer.h"
#include "drivers/coap/request.h"

namespace lamppost::coap {

// The views of the result point into `pdu`.
Request read(const coap_session_t& session, const coap_pdu_t& pdu);

// Completes the response that libcoap has prepared (type, message id and token are set).
void write(const Answer& answer, coap_pdu_t& response);

}  // namespace lamppost::coap
