#include "wire/window.h"

#include "base/assert.h"

namespace holter::wire {

void throw_exception_from_error(const ParseFault&, const boost::source_location& where) {
  base::assertion_failed(where.file_name(), static_cast<int>(where.line()), "the view was parsed");
}

}  // namespace holter::wire
