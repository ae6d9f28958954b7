// The filter language over one subject's records, as a predicate for the store and the event stream alike. Pure.
#pragma once

#include <string>

#include "api/subject.h"
#include "base/result.h"
#include "store/page.h"

namespace holter::api {

// ErrorKind::invalid says what is wrong where.
base::Result<store::Predicate> compile_filter(Subject subject, const std::string& text);

}  // namespace holter::api
