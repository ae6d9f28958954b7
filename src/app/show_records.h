// What `holter results`, `sessions`, `packets`, `conversations` and `network` have in common: ask the running holter
// over its control socket, lay the records out, and with --follow go on with what comes until interrupted.
#pragma once

#include "app/record_request.h"

namespace holter::app {

// Returns the exit code: 3 when there is no running holter, or when it ends before the answer does.
int show_records(const RecordKind& kind, const cli::Arguments& arguments);

}  // namespace holter::app
