// SPDX-License-Identifier: Apache-2.0
// OMA-TLV (LightweightM2M TS 1.0, 6.4.3; TS-Core 1.1, 7.4.4). One item:
//
//   0  u8  bits 7-6  00 object instance, 01 resource instance, 10 resource with instances, 11
//   resource
//          bit 5     the identifier has 16 bits, else 8
//          bits 4-3  the length follows in that many bytes; 0: it stands in bits 2-0
//   1  u8 or u16  identifier
//      u8 to u24  length, unless bits 4-3 are 0
//      the value, or items within: resources in an instance, resource instances in a resource
//
// All numbers are big-endian; an integer has 1, 2, 4 or 8 bytes, a real 4 or 8. Nothing in the
// bytes tells types, nor which object they are of: that is the path they were read from.
#pragma once

#include <functional>

#include "core/result.h"
#include "drivers/formats/lwm2m_objects.h"
#include "drivers/formats/lwm2m_path.h"

namespace lamppost::formats {

using Lwm2mTypes = std::function<Lwm2mType(std::uint16_t object, std::uint16_t resource)>;

// Entries without a unit and a time. `path` is what the bytes are the content of. Resources right
// in an object are of its instance 0.
Result<std::vector<Lwm2mEntry>> read_tlv(std::string_view bytes, const Lwm2mPath& path,
                                         const Lwm2mTypes& types);

}  // namespace lamppost::formats
