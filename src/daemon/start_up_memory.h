// SPDX-License-Identifier: Apache-2.0
// What starting took and running does not need.
#pragma once

namespace lamppost::daemon {

// Gives freed heap back to the system, and lets go of the code that has run so far: pages of files
// that were read once to load the configuration. What is needed again comes back from the page
// cache, page by page.
void give_back_start_up_memory();

}  // namespace lamppost::daemon
