// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include "core/result.h"
#include "outbox/outbox.h"
#include "near.h"
