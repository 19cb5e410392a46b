// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/replies.h"

#include <cassert>

#include "drivers/coap/wire.h"

namespace lamppost::coap {

void Replies::expect(coap_session_t& session, const coap_pdu_t& request) {
  const auto token = coap_pdu_get_token(&request);
  Expected expected;
  expected.session.reset(coap_session_reference(&session));
  expected.confirmable = coap_pdu_get_type(&request) == COAP_MESSAGE_CON;
  expected.message_id = coap_pdu_get_mid(&request);
  expected.token.assign(reinterpret_cast<const char*>(token.s), token.length);
  expected_.push_back(std::move(expected));
}

void Replies::send(const std::vector<Answer>& answers) {
  assert(answers.size() == expected_.size());
  for (std::size_t n = 0; n < answers.size(); ++n) send(expected_[n], answers[n]);
  expected_.clear();
}

void Replies::send(const Expected& expected, const Answer& answer) {
  auto* const session = expected.session.get();
  const auto type = expected.confirmable ? COAP_MESSAGE_ACK : COAP_MESSAGE_NON;
  const auto id = expected.confirmable ? expected.message_id : coap_new_message_id(session);
  auto* const response = coap_pdu_init(type, static_cast<coap_pdu_code_t>(answer.code), id,
                                       coap_session_max_pdu_size(session));
  if (response == nullptr) return;  // out of memory: the sender repeats itself
  coap_add_token(response, expected.token.size(),
                 reinterpret_cast<const std::uint8_t*>(expected.token.data()));
  write(answer, *response);
  coap_send(session, response);
}

// An empty ACK is what it sends for a CON; for a NON without a code, nothing.
void say_nothing_yet(coap_pdu_t& response) { coap_pdu_set_type(&response, COAP_MESSAGE_NON); }

}  // namespace lamppost::coap
