// SPDX-License-Identifier: Apache-2.0
#include "config/document.h"

#include <doctest/doctest.h>

using namespace lamppost;
using namespace lamppost::config;

TEST_CASE("document: keys, values and headers know their place") {
  Documents documents;
  Findings findings;
  const auto* root = documents.parse(
      "[source.site]\n  url = \"x\"\n[[mapping]]\nname = \"a\"\n  [mapping.static]\n  k = { a = 1 "
      "}\n",
      "f.toml", findings);
  REQUIRE(root != nullptr);
  const auto site = find(*find(*root, "source").node->as_table(), "site");
  CHECK(documents.where(*site.key).line == 1);
  CHECK(documents.where(*site.key).column == 9);
  CHECK(documents.where(*site.node).column == 1);
  const auto url = find(*site.node->as_table(), "url");
  CHECK(documents.where(*url.key).column == 3);
  CHECK(documents.where(*url.node).column == 9);
  CHECK(documents.where(*url.node).excerpt == "  url = \"x\"");
  const auto& mapping = *find(*root, "mapping").node->as_array()->get(0);
  CHECK(documents.where(mapping).line == 3);
  CHECK(documents.where(mapping).column == 1);
}

TEST_CASE("document: a syntax error is one finding with the parser's place") {
  Documents documents;
  Findings findings;
  CHECK(documents.parse("a = 1\nb = \n", "f.toml", findings) == nullptr);
  CHECK(findings.to_text() ==
        "f.toml:2:5: error: key-value pair: expected value, saw '\\n'\n"
        "    2 | b = \n"
        "      |     ^\n");
}

TEST_CASE("document: a key written twice is a syntax error at the second") {
  Documents documents;
  Findings findings;
  CHECK(documents.parse("a = 1\r\na = 2\r\n", "g.toml", findings) == nullptr);
  CHECK(findings.to_text() ==
        "g.toml:2:5: error: key-value pair: cannot redefine existing integer 'a'\n"
        "    2 | a = 2\n"
        "      |     ^\n");
}

TEST_CASE("document: a missing file is one finding for the file as a whole") {
  Documents documents;
  Findings findings;
  CHECK(documents.read("no/such.toml", findings) == nullptr);
  CHECK(findings.to_text() == "no/such.toml: error: cannot be read: No such file or directory\n");
}

TEST_CASE("document: a text beyond its limit is refused, one at its limit is not") {
  CHECK_FALSE(read_text("/dev/zero", 1000).ok());
  CHECK(read_text("/dev/zero", 1000).error().text == "is larger than 1000 bytes");
  CHECK(read_text("/dev/null", 0).ok());
}

TEST_CASE("document: entries come as the person wrote them and become JSON") {
  Documents documents;
  Findings findings;
  const auto* root = documents.parse(
      "z = 1\na = [1.5, \"t\", true]\nm = { day = 2026-03-01, at = 2026-03-01T12:00:00Z }\n",
      "f.toml", findings);
  REQUIRE(root != nullptr);
  const auto entries = in_file_order(*root);
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].key->str() == "z");
  CHECK(to_json(*root).dump() ==
        R"({"a":[1.5,"t",true],"m":{"at":"2026-03-01T12:00:00Z","day":"2026-03-01"},"z":1})");
}

TEST_CASE("document: a very long line is cut on a character") {
  const Lines lines(std::string(239, 'x') + "\u00e9\u00e9\nshort");
  CHECK(lines.excerpt(1) == std::string(239, 'x'));
  CHECK(lines.excerpt(2) == "short");
  CHECK(lines.excerpt(3) == "");
}

TEST_CASE("document: a key with too many parts is refused before it can exhaust the stack") {
  Documents documents;
  Findings findings;
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "a.";
  CHECK(documents.parse("x = 1\n[" + deep + "b]\n", "f.toml", findings) == nullptr);
  CHECK(documents.parse("k = { " + deep + "b = 1 }\n", "f.toml", findings) == nullptr);
  REQUIRE(findings.errors() == 2);
  CHECK(findings.all()[0].text == "a key with more than 16 parts");
  CHECK(findings.all()[0].where.line == 2);
  CHECK(findings.all()[0].where.column == 33);
}

TEST_CASE("document: dots in texts, comments and numbers are no key") {
  Documents documents;
  Findings findings;
  const std::string dots(50, '.');
  const std::string text = "# " + dots + "\na = \"\\\"" + dots + "\"\nb = '" + dots +
                           "'\nc = \"\"\"\n\"" + dots +
                           "\n\"\"\"\nd = [1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5,"
                           " 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5]\n" +
                           "a1.a2.a3.a4.a5.a6.a7.a8.a9.a10.a11.a12.a13.a14.a15.a16 = 1\n";
  CHECK(documents.parse(text, "f.toml", findings) != nullptr);
  CHECK(findings.to_text() == "");
}

TEST_CASE("document: what toml++ would assert is a finding, not an abort") {
  Documents documents;
  Findings findings;
  for (const char* text : {"a = [ }", "a = [1,\n # why\n } ]", "[=]", "[[,]]", "[.a]"})
    CHECK(documents.parse(text, "f.toml", findings) == nullptr);
  REQUIRE(findings.errors() == 5);
  CHECK(to_text(findings.all()[1]) ==
        "f.toml:3:2: error: value: could not determine value type\n    3 |  } ]\n      |  ^\n");
  CHECK(
      to_text(findings.all()[2]) ==
      "f.toml:1:2: error: key: expected bare key starting character or string delimiter, saw '='\n"
      "    1 | [=]\n"
      "      |  ^\n");
}
