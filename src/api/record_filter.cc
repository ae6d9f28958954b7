#include "api/record_filter.h"

namespace holter::api {

base::Result<store::Predicate> compile_filter(Subject subject, const std::string&) {
  return base::Error{base::ErrorKind::unsupported,
                     "this holter has no filter for " + std::string(to_string(subject)) + "; leave it out"};
}

}  // namespace holter::api
