// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/layout.h"

#include "core/hex.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

DecoderOptions layout_of(const char* text) {
  DecoderOptions options;
  options.extra["decode"] = Json::parse(text);
  return options;
}

std::string read(const char* layout, std::string_view hex, std::optional<int> fport = {}) {
  DecoderOptions options = layout_of(layout);
  if (fport) options.extra["fport"] = *fport;
  return shown(open("bytes", options)(reading_of(from_hex(hex).value())));
}

// The place and the sentence of what is wrong with a layout.
std::string mistake(const char* layout) {
  try {
    open("bytes", layout_of(layout));
    return "";
  } catch (const OptionError& fault) {
    return fault.option() + ": " + fault.what();
  }
}

constexpr const char* kTlv = R"({"endian":"little","tlv":{"key":2},"item":[
  {"key":"0175","name":"battery","type":"u8","unit":"P1"},
  {"key":"0367","name":"t","type":"i16","scale":0.1,"unit":"CEL"},
  {"key":"05cc","fields":[{"name":"in","type":"u16"},{"name":"out","type":"u16"}]}]})";

}  // namespace

TEST_CASE("bytes: a field says where it is, how wide, how it counts and what it means") {
  CHECK(read(R"({"frame":[{"fields":[{"name":"a","type":"u16"},{"name":"b","type":"i16le"},
                {"name":"c","type":"u24"},{"name":"d","type":"i8","at":1}]}]})",
             "ff01 feff 010000") == R"({"a":65281,"b":-2,"c":65536,"d":1})");
  CHECK(read(R"({"frame":[{"fields":[{"name":"f","type":"f32"},{"name":"x","type":"hex2"},
                {"name":"s","type":"text4"},{"name":"n","type":"bcd2"}]}]})",
             "41c80000 0aff 4f4b0000 1234") == R"({"f":25.0,"n":1234,"s":"OK","x":"0aff"})");
}

TEST_CASE("bytes: bits are counted from the lowest, with a sign when the type has one") {
  CHECK(read(R"({"frame":[{"fields":[{"name":"v","type":"u16","bits":[0,14],"scale":0.001},
                {"name":"hi","type":"u16","at":0,"bits":[14,2]},
                {"name":"s","type":"i16","at":0,"bits":[4,4]}]}]})",
             "cef0") == R"({"hi":3,"s":-1,"v":3.824})");
}

TEST_CASE("bytes: a value may be the sum of others, or one text of them") {
  const char* const layout = R"({"tlv":{"key":1},"item":[
      {"key":"01","name":"wifi","type":"u16","sentinel":65535},{"key":"02","name":"ble","type":"u8"},
      {"key":"03","name":"t","type":"u8","scale":0.1,"unit":"CEL"},
      {"key":"0a","name":"low","type":"hex2le"},{"key":"0b","name":"high","type":"hex2"}],
      "made":[{"name":"pax","sum":["wifi","ble"]},{"name":"twice","sum":["t","t"]},
              {"name":"id","join":["high","low"]},
              {"name":"v","join":["wifi","ble"],"between":"."}]})";
  CHECK(read(layout, "01 0007 02 03") == R"({"ble":3,"pax":10,"v":"7.3","wifi":7})");
  CHECK(read(layout, "01 0007") == R"({"pax":7,"wifi":7})");
  CHECK(read(layout, "01 ffff 02 03") == R"({"ble":3,"pax":null,"v":null,"wifi":null})");
  CHECK(read(layout, "03 d7") == R"({"t":"21.5 CEL","twice":"43.0 CEL"})");
  CHECK(read(layout, "0a 1122 0b aabb") == R"({"high":"aabb","id":"aabb2211","low":"2211"})");
  CHECK(read(layout, "0a 1122") == R"({"low":"2211"})");
  auto options = layout_of(layout);
  options.names = {"pax"};
  CHECK(open("bytes", options)(reading_of(from_hex("01 0007 02 03 03 d7").value()))
            ->at(0)
            .find("pax")
            ->value == 10);
}

TEST_CASE("bytes: a frame whose sum is wrong is refused") {
  const auto with = [](const char* sum) {
    return R"({"endian":"little","frame":[{"fields":[{"name":"a","type":"u8"}],"sum":)" +
           std::string(sum) + "}]}";
  };
  const auto taken = [&](const char* sum, std::string_view hex) {
    return read(with(sum).c_str(), hex);
  };
  CHECK(taken(R"({"kind":"sum8"})", "01fe05 04") == R"({"a":1})");
  CHECK(taken(R"({"kind":"sum8"})", "01fe05 05") ==
        "malformed: the checksum is 5, the bytes make 4");
  CHECK(taken(R"({"kind":"sum16"})", "01fe05 0401") == R"({"a":1})");
  CHECK(taken(R"({"kind":"sum16"})", "01fe05 0104").starts_with("malformed"));
  CHECK(taken(R"({"kind":"xor8"})", "01fe05 fa") == R"({"a":1})");
  CHECK(taken(R"({"kind":"xor8"})", "01fe04 fa").starts_with("malformed"));
  CHECK(taken(R"({"kind":"crc8"})", "313233343536373839 f4") == R"({"a":49})");  // the usual test
  CHECK(taken(R"({"kind":"crc8"})", "313233343536373838 f4").starts_with("malformed"));
  CHECK(taken(R"({"kind":"zero8"})", "01fe05 fc") == R"({"a":1})");
  CHECK(taken(R"({"kind":"zero8"})", "01fe05 fb").starts_with("malformed"));
  CHECK(taken(R"({"kind":"sum8","from":1,"before_end":2,"from_end":2})", "aa0203 05 ab") ==
        R"({"a":170})");
  CHECK(taken(R"({"kind":"sum16","from":4})", "01").starts_with("malformed: truncated"));
  CHECK(mistake(with(R"({"kind":"md5"})").c_str()) ==
        "/frame/0/sum/kind: a sum is sum8, sum16, xor8, crc8 or zero8");
}

TEST_CASE("bytes: a made value that cannot be is a mistake at its place") {
  const auto made = [](const std::string& text) {
    return mistake(
        (R"({"item":[{"key":"01","name":"a","type":"u8"}],"made":[)" + text + "]}").c_str());
  };
  CHECK(made(R"({"name":"s"})") == "/made/0: either sum or join names other values");
  CHECK(made(R"({"name":"s","sum":["a"],"join":["a"]})") ==
        "/made/0: either sum or join names other values");
  CHECK(made(R"({"name":"s","sum":[]})") == "/made/0/sum: expected a list of 1 to 16 names");
  CHECK(made(R"({"name":"s","sum":["a"],"unit":"XYZ"})") ==
        "/made/0/unit: \"XYZ\" is no code of UN/CEFACT Rec 20");
}

TEST_CASE("bytes: bits that lie apart are put together, the highest first") {
  CHECK(read(R"({"frame":[{"fields":[{"name":"t","type":"u24","bits":[[16,8],[4,4]]},
                {"name":"s","type":"i24","at":0,"bits":[[0,4],[20,1]]}]}]})",
             "3f2b9c") == R"({"s":-7,"t":1017})");
  CHECK(mistake(R"({"frame":[{"fields":[{"name":"t","type":"u8","bits":[[0,8],[4,5]]}]}]})") ==
        "/frame/0/fields/0/bits/1: bits is [lowest, count] within the 8 bits of the number, or a "
        "list of these");
}

TEST_CASE("bytes: a frame says some things by being there, and joins numbers to a version") {
  CHECK(read(R"({"frame":[{"fields":[{"name":"kind","value":"start"},{"name":"ok","value":true},
                {"name":"fw","type":"u8","count":3,"join":"."},{"name":"c","type":"u8"}]}]})",
             "010d00 07") == R"({"c":7,"fw":"1.13.0","kind":"start","ok":true})");
  CHECK(mistake(R"({"frame":[{"fields":[{"name":"kind","value":"a","type":"u8"}]}]})") ==
        "/frame/0/fields/0/type: unknown key \"type\"; known: name, value, when");
}

TEST_CASE("bytes: a tenth of 223 is 22.3, and so is every decimal a person would write") {
  CHECK(read(R"({"frame":[{"fields":[{"name":"t","type":"i16","scale":0.1},
                {"name":"o","type":"u8","scale":0.1,"offset":-4.0,"at":1}]}]})",
             "00df") == R"({"o":18.3,"t":22.3})");
  CHECK(read(R"({"frame":[{"fields":[{"name":"p","type":"u8","poly":[1, 0, 0.5]}]}]})", "04") ==
        R"({"p":9.0})");
}

TEST_CASE("bytes: a sentinel is no value, a mapped number is its word") {
  constexpr const char* kLayout =
      R"({"frame":[{"fields":[{"name":"t","type":"u8","sentinel":[255]},
          {"name":"door","type":"u8","map":{"0":"closed","1":"open"}},
          {"name":"m","type":"u8","map":{"0":"low"},"else":"high"}]}]})";
  CHECK(read(kLayout, "ff0100") == R"({"door":"open","m":"low","t":null})");
  CHECK(read(kLayout, "070905") == R"({"door":9,"m":"high","t":7})");
}

TEST_CASE("bytes: a list is as long as it says, or as the payload") {
  CHECK(read(R"({"frame":[{"fields":[{"name":"v","type":"u16","count":2},
                {"name":"w","type":"u8","count":0,"stride":2,"at":4}]}]})",
             "0001 0002 03ff04ff05") == R"({"v":[1,2],"w":[3,4,5]})");
}

TEST_CASE("bytes: a device's own clock counts from a moment that the layout names") {
  CHECK(read(R"({"frame":[{"fields":[{"time":"2013-01-01T00:00:00Z","type":"u32"}]}]})",
             "00000e10") == "@2013-01-01T01:00:00.000Z{}");
  CHECK(read(R"({"frame":[{"fields":[{"time":"2013-01-01T00:00:00Z","type":"u16","scale":60}]}]})",
             "003c") == "@2013-01-01T01:00:00.000Z{}");
  CHECK(
      read(R"({"frame":[{"fields":[{"time":"2013-01-01T00:00:00Z","type":"u32","scale":0.001}]}]})",
           "00000e10") == "@2013-01-01T00:00:03.600Z{}");
}

TEST_CASE("bytes: the first frame that fits is taken, by port, size and bytes") {
  constexpr const char* kLayout = R"({"frame":[
      {"fport":6,"when":{"at":0,"is":1},"fields":[{"name":"one","type":"u8","at":1}]},
      {"fport":[6,7],"size":[1,2],"fields":[{"name":"short","type":"u8"}]},
      {"fport":8,"when":[{"at":0,"mask":128,"not":0}],"fields":[{"name":"high","type":"u8"}]}]})";
  CHECK(read(kLayout, "0105", 6) == R"({"one":5})");
  CHECK(read(kLayout, "0205", 6) == R"({"short":2})");
  CHECK(read(kLayout, "0105") == R"({"one":5})");
  CHECK(read(kLayout, "8105", 8) == R"({"high":129})");
  CHECK(read(kLayout, "0105", 8) ==
        "malformed: no frame of the layout is like these 2 bytes that begin with 0105, on fPort 8");
  CHECK(read(kLayout, "020506", 7) ==
        "malformed: no frame of the layout is like these 3 bytes that begin with 020506, on fPort "
        "7");
}

TEST_CASE("bytes: items of a table are read one behind the other") {
  CHECK(read(kTlv, "01755c 03670101 05cc01000200") ==
        R"({"battery":"92 P1","in":1,"out":2,"t":"25.7 CEL"})");
}

TEST_CASE("bytes: an item that is cut short is refused, and so is an unknown one") {
  CHECK(read(kTlv, "01755c 036701") ==
        "malformed: truncated: type 0367 at byte 3 needs 2 bytes, 1 is left");
  CHECK(read(kTlv, "01755c 03") ==
        "malformed: truncated: the type of an item at byte 3 needs 2 bytes, 1 is left");
  CHECK(read(kTlv, "01755c 0482aabb") ==
        "malformed: unknown type 0482 at byte 3, and what follows it cannot be found");
}

TEST_CASE("bytes: where items tell their length, an unknown one can be passed over") {
  constexpr const char* kLayout =
      R"({"tlv":{"key":1,"length":1,"unknown":"skip"},
          "item":[{"key":"01","name":"t","type":"u8"}]})";
  CHECK(read(kLayout, "0903010203 010519") ==
        "malformed: truncated: type 01 at byte 5 needs 5 bytes, 1 is left");
  CHECK(read(kLayout, "0903010203 010119") == R"({"t":25})");
  CHECK(read(kLayout, "0100") == "malformed: type 01 at byte 0 has 0 bytes, not 1");
}

TEST_CASE("bytes: a length may come first and count its type, and a checksum close the items") {
  constexpr const char* kLayout =
      R"({"tlv":{"key":2,"length":1,"length_first":true,"before_end":2,"unknown":"skip"},
          "item":[{"key":"0b01","name":"d","type":"u16"}]})";
  CHECK(read(kLayout, "040b010031 03ffff00 beef") == R"({"d":49})");
  CHECK(read(kLayout, "030b0100 beef") == "malformed: type 0b01 at byte 0 has 3 bytes, not 4");
  CHECK(read(kLayout, "010b01 beef") == "malformed: type 0b01 at byte 0 has 1 bytes, not 4");
  CHECK(read(kLayout, "01ffff beef") == "malformed: type ffff at byte 0 has 1 bytes, not 2");
  CHECK(read(kLayout, "be") == "malformed: truncated: the end at byte 0 needs 2 bytes, 1 is left");
}

TEST_CASE("bytes: a bitmap says which blocks follow") {
  constexpr const char* kLayout =
      R"({"flags":{"width":2},"flag":[{"bit":0,"size":4,"fields":[{"name":"a","type":"u16"}]},
          {"bit":1,"fields":[{"name":"v","type":"u16","scale":0.001}]}],
          "frame":[{"fields":[{"name":"version","type":"u8"}],"flags_at":1}]})";
  CHECK(read(kLayout, "02 0003 0102ffff 0c25") == R"({"a":258,"v":3.109,"version":2})");
  CHECK(read(kLayout, "02 0002 0c25") == R"({"v":3.109,"version":2})");
  CHECK(read(kLayout, "02 0003 0102ffff 0c") ==
        "malformed: truncated: the block of bit 1 at byte 7 needs 2 bytes, 1 is left");
  CHECK(read(kLayout, "02 0004 00") ==
        "malformed: unknown: the block of bit 2, and what follows it");
}

TEST_CASE("bytes: an item that may come again becomes a list") {
  constexpr const char* kLayout =
      R"({"item":[{"key":"01","name":"a","type":"u8","repeats":true},
                  {"key":"02","name":"b","type":"u8"}]})";
  CHECK(read(kLayout, "0107") == R"({"a":7})");
  CHECK(read(kLayout, "0107 0203 0108 0109") == R"({"a":[7,8,9],"b":3})");
}

TEST_CASE("bytes: a field may be counted from the end, a list leave the end alone") {
  constexpr const char* kLayout = R"({"frame":[{"fields":[
      {"name":"v","type":"u8","count":0,"before_end":2},{"name":"crc","type":"u16","from_end":2}]}]})";
  CHECK(read(kLayout, "0102030004") == R"({"crc":4,"v":[1,2,3]})");
  CHECK(read(kLayout, "0004") == R"({"crc":4,"v":[]})");
  CHECK(read(kLayout, "04") ==
        "malformed: truncated: the frame at byte 0 needs 2 bytes, 1 is left");
}

TEST_CASE("bytes: words may come lowest first, maps may have a name") {
  CHECK(read(R"({"frame":[{"fields":[{"name":"v","type":"u32lw"}]}]})", "4258 0001") ==
        R"({"v":82520})");
  CHECK(read(R"({"maps":{"yes":{"1":"yes"}},"frame":[{"fields":[
                {"name":"a","type":"u8","map":"yes"},{"name":"b","type":"u8","map":"yes"}]}]})",
             "0102") == R"({"a":"yes","b":2})");
  CHECK(mistake(R"({"frame":[{"fields":[{"name":"a","type":"u8","map":"no"}]}]})") ==
        "/frame/0/fields/0/map: no table of [maps] is named \"no\"");
}

TEST_CASE("bytes: every truncation of a good payload is a value or malformed") {
  const auto decode = open("bytes", layout_of(kTlv));
  check_truncations(decode, reading_of(from_hex("01755c036701010175").value()));
}

TEST_CASE("bytes: only the wanted values are kept") {
  DecoderOptions options = layout_of(kTlv);
  options.names = {"t"};
  CHECK(shown(open("bytes", options)(reading_of(from_hex("01755c03670101").value()))) ==
        R"({"t":"25.7 CEL"})");
}

TEST_CASE("bytes: a mistake in a layout is told with its place") {
  CHECK(mistake(R"({"frame":[{"fields":[{"name":"a","type":"u17"}]}]})") ==
        "/frame/0/fields/0/type: \"u17\" is no type; such as u8, i16, u24, f32, u16le, bcd4, hex8 "
        "or text12");
  CHECK(mistake(R"({"frame":[{"fields":[{"name":"a","tipe":"u16"}]}]})") ==
        "/frame/0/fields/0/tipe: unknown key \"tipe\"; did you mean \"type\"?");
  CHECK(mistake(R"({"item":[{"key":"01","type":"u8","name":"a","unit":"degC"}]})") ==
        "/item/0/unit: \"degC\" is no code of UN/CEFACT Rec 20");
  CHECK(mistake(R"({"tlv":{"key":2},"item":[{"key":"01","type":"u8","name":"a"}]})") ==
        "/item/0/key: a key is 4 hexadecimal digits, such as \"0175\"");
  CHECK(mistake("{}") == "/: a layout has at least one [[frame]] or [[item]]");
}
