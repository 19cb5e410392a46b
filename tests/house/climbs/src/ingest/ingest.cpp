// SPDX-License-Identifier: Apache-2.0
#include "ingest/ingest.h"

#include "broker/forwarder.h"
#include "drivers/mqtt/mqtt_source.h"
#include "drivers/transport.h"
