// SPDX-License-Identifier: Apache-2.0
// The look at the @context when forwarding begins: it warns, and nothing waits for it.
#include "broker/context_look.h"
#include "road.h"

namespace lamppost {
namespace {

broker::Reply page(std::string body, std::string type = "application/ld+json", int status = 200) {
  broker::Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.content_type = std::move(type);
  return reply;
}

// A road whose context lies on a server of its own that gives this answer.
struct ContextRoad : Road {
  explicit ContextRoad(Reply answer) {
    server.rule([answer](const SeenRequest&) { return std::optional<Reply>(answer); });
    options.look_at_context = true;
    to.context = server.url() + "/v1/context.jsonld";
  }
  FakeBroker server;
};

const std::string kWarning = "broker city: context http";

}  // namespace

TEST_CASE("what is a context, and what is wrong with an answer that is none") {
  using broker::context_fault;
  const std::string context = R"({"@context":{"a":"https://a.example/a"}})";
  CHECK(context_fault(page(context)) == "");
  CHECK(context_fault(page(context, "text/plain; charset=utf-8")) == "");  // as GitHub serves it
  CHECK(context_fault(page(R"({"@context":["https://a.example/b.jsonld"]})")) == "");
  CHECK(context_fault(page(R"({"@context":"https://a.example/b.jsonld","x":[[[1]]]})")) == "");
  CHECK(context_fault(page("<!DOCTYPE html><p>", "text/html")).find("web page") == 8);
  CHECK(context_fault(page("\n <html>", "application/json")).find("web page") == 8);
  CHECK(context_fault(page(context, "application/ld+json", 301)).find("redirects (301)") == 3);
  CHECK(context_fault(page("", "", 404)) == "its server answers 404");
  CHECK(context_fault(page("")) == "it is no JSON");
  CHECK(context_fault(page(R"({"@context":)")) == "it is no JSON");
  CHECK(context_fault(page(R"({"x":{"@context":1}})")) == R"(it is JSON without "@context")");
  CHECK(context_fault(page(R"(["@context"])")) == R"(it is JSON without "@context")");
  // Too long to be read whole: nothing is said.
  CHECK(context_fault(page(std::string(broker::Connection::kMaxBody, '{'))) == "");
}

TEST_CASE("F55: a context that is a web page or moved is warned of, and forwarding goes on") {
  Reply answer{200, "<html>not found</html>", {{"Content-Type", "text/html"}}};
  std::string words = "it is a web page";
  SUBCASE("web page") {}
  SUBCASE("redirect") {
    answer = {302, "", {{"Location", "https://elsewhere.example/"}}};
    words = "it redirects (302)";
  }
  ContextRoad road(answer);
  road.put("a");
  road.deliver();
  CHECK(road.until_said(words));
  CHECK(road.said(kWarning) == 1);
  CHECK(road.forwarder->state().notice.find("context: it") == 0);
  const auto asked = road.server.requests();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].method == "GET");
  CHECK(asked[0].target == "/v1/context.jsonld");
  CHECK(asked[0].header("Authorization") == "");
  CHECK(road.city.breaches().empty());
}

TEST_CASE("F55: a server of the context that is not there, or silent, holds nothing up") {
  Reply answer;
  SUBCASE("silent") { answer.manner = Manner::kSilence; }
  SUBCASE("trickling") { answer.manner = Manner::kTrickle; }
  SUBCASE("closing") { answer.manner = Manner::kCloseUnanswered; }
  ContextRoad road(answer);
  SUBCASE("not there") { road.to.context = "http://127.0.0.1:1/context.jsonld"; }
  road.put("a");
  road.deliver();
  if (answer.manner == Manner::kAnswer || answer.manner == Manner::kCloseUnanswered)
    CHECK(road.until_said("the gateway cannot fetch it"));
  road.forwarder->stop(1s);
  CHECK(road.until([&] { return road.forwarder->stopped(); }));
  // A look that stop() has cut has nothing to say.
  CHECK(road.said(kWarning) ==
        (answer.manner == Manner::kAnswer || answer.manner == Manner::kCloseUnanswered));
}

TEST_CASE("a good context is not worth a line") {
  ContextRoad road({200, R"({"@context":{"a":"https://a.example/a"}})", {}});
  road.put("a");
  road.deliver();
  CHECK(road.until([&] { return !road.server.requests().empty(); }));
  road.forwarder->stop(1s);
  CHECK(road.until([&] { return road.forwarder->stopped(); }));
  CHECK(road.said(kWarning) == 0);
  CHECK(road.forwarder->state().notice == "");
}

}  // namespace lamppost
