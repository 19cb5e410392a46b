// SPDX-License-Identifier: Apache-2.0
#include "core/reading.h"
#include "drivers/driver.h"
#include "drivers/mqtt/mqtt_source.h"
#include "ngsi_ld/serialize.h"
