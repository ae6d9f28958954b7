#include "wire/application/application.h"

namespace holter::wire {

void list_application(Payload) {}

}  // namespace holter::wire
