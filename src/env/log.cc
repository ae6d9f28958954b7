#include "env/log.h"

namespace holter::env {

LogField::LogField(std::string_view k, std::string_view trusted)
    : key(k), value(base::UntrustedText(trusted).for_log()) {}

}  // namespace holter::env
