// SPDX-License-Identifier: Apache-2.0
#include "broker/forwarder.h"
#include "broker/client.h"
