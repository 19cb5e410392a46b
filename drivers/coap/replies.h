// SPDX-License-Identifier: Apache-2.0
// Responses that leave later than their handler returns, because what they say is not true before:
// still piggybacked in the ACK of a CON (RFC 7252, 5.2.1), which may take up to the sender's
// ACK_TIMEOUT of 2 s. A sender that repeats itself meanwhile gets the answer again, as for any
// copy. Only coap_source.cpp includes it.
#pragma once

#include <coap3/coap.h>

#include <memory>
#include <string>
#include <vector>

#include "drivers/coap/answer.h"

namespace lamppost::coap {

// Belongs to the coap thread, and must be empty before the context goes.
class Replies {
 public:
  // The answer to this request comes with send(). Keeps the session alive until then.
  void expect(coap_session_t& session, const coap_pdu_t& request);
  // One answer for each, in order.
  void send(const std::vector<Answer>& answers);

 private:
  struct Release {
    void operator()(coap_session_t* session) const { coap_session_release(session); }
  };
  struct Expected {
    std::unique_ptr<coap_session_t, Release> session;
    bool confirmable = true;
    coap_mid_t message_id = 0;
    std::string token;
  };
  static void send(const Expected& expected, const Answer& answer);

  std::vector<Expected> expected_;
};

// Makes libcoap send nothing when the handler has returned.
void say_nothing_yet(coap_pdu_t& response);

}  // namespace lamppost::coap
