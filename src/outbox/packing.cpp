// SPDX-License-Identifier: Apache-2.0
#include "outbox/packing.h"

#define ZLIB_CONST
#include <zlib.h>

#include <new>

namespace lamppost::outbox {
namespace {

// Never edit it: its check sum stands in every row. A better one joins it in unpack().
constexpr std::string_view kDictionary =
    R"("@type":"LineString","coordinates":[[,"language":"en","status":"working","controlledAsset":)"
    R"(,"unitCode":"P1","unitCode":"DD","unitCode":"MTS","unitCode":"HPA","unitCode":"KWH")"
    R"(,"unitCode":"VLT","unitCode":"LUX","unitCode":"MTQ","unitCode":"2N","unitCode":"59")"
    R"("batteryLevel":{"type":"Property","value":0."illuminance":{"type":"Property","value":)"
    R"("windSpeed":{"type":"Property","value":"precipitation":{"type":"Property","value":)"
    R"("atmosphericPressure":{"type":"Property","value":10"noise":{"type":"Property","value":)"
    R"(WeatherObserved:StreetLight:WasteContainer:ParkingSpot:TrafficFlowObserved:WaterConsumption)"
    R"("pm25":{"type":"Property","value":"no2":{"type":"Property","value":)"
    R"("relativeHumidity":{"type":"Property","value":0.,"unitCode":"C62","observedAt":"20)"
    R"("temperature":{"type":"Property","value":1,"unitCode":"CEL","observedAt":"20)"
    R"("dataProvider":{"type":"Property","value":")"
    R"("refDevice":{"type":"Relationship","object":"urn:ngsi-ld:Device:)"
    R"("location":{"type":"GeoProperty","value":{"type":"Point","coordinates":[)"
    R"("dateObserved":{"type":"Property","value":{"@type":"DateTime","@value":"2026-01-01T00:00:)"
    R"(00.000Z"}},{"id":"urn:ngsi-ld:Device:","type":"Device","value":{"type":"Property","value":)"
    R"({"id":"urn:ngsi-ld:AirQualityObserved:","type":"AirQualityObserved",)"
    R"("pm10":{"type":"Property","value":1,"unitCode":"GQ","observedAt":"2026-01-01T00:00:00.000Z"},)";

// 8 KB of history and modest tables: what is packed is a kilobyte or two.
constexpr int kWindowBits = 13;
constexpr int kMemoryLevel = 6;
// No row is larger; what says so is damaged.
constexpr std::size_t kMaxUnpacked = std::size_t{64} << 20;

const Bytef* bytes_of(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }

}  // namespace

struct Packer::Deflater {
  z_stream stream{};
  Deflater() {
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kWindowBits, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~Deflater() { deflateEnd(&stream); }
};

struct Packer::Inflater {
  z_stream stream{};
  Inflater() {
    if (inflateInit2(&stream, kWindowBits) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
};

Packer::Packer() = default;
Packer::~Packer() = default;

std::string Packer::pack(std::string_view text) {
  if (!deflater_) deflater_ = std::make_unique<Deflater>();
  z_stream& stream = deflater_->stream;
  deflateReset(&stream);
  deflateSetDictionary(&stream, bytes_of(kDictionary), static_cast<uInt>(kDictionary.size()));
  std::string bytes(deflateBound(&stream, text.size()), '\0');
  stream.next_in = bytes_of(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  deflate(&stream, Z_FINISH);  // there is room for all of it
  bytes.resize(stream.total_out);
  return bytes;
}

std::optional<std::string> Packer::unpack(std::string_view bytes) {
  if (bytes.size() > kMaxUnpacked) return std::nullopt;
  if (!inflater_) inflater_ = std::make_unique<Inflater>();
  z_stream& stream = inflater_->stream;
  inflateReset(&stream);
  stream.next_in = bytes_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  for (;;) {
    const auto had = text.size();
    if (had > kMaxUnpacked) return std::nullopt;
    text.resize(had + 2 * bytes.size() + 2048);
    stream.next_out = reinterpret_cast<Bytef*>(text.data()) + had;
    stream.avail_out = static_cast<uInt>(text.size() - had);
    int code = inflate(&stream, Z_SYNC_FLUSH);
    if (code == Z_NEED_DICT) {
      // Refuses a dictionary of another check sum.
      code = inflateSetDictionary(&stream, bytes_of(kDictionary),
                                  static_cast<uInt>(kDictionary.size()));
      if (code == Z_OK) code = inflate(&stream, Z_SYNC_FLUSH);
    }
    text.erase(text.size() - stream.avail_out);
    if (code == Z_STREAM_END) break;
    if (code != Z_OK || stream.avail_out > 0) return std::nullopt;  // damaged, or cut off
  }
  if (stream.avail_in > 0) return std::nullopt;
  return text;
}

}  // namespace lamppost::outbox
