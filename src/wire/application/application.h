// Which application protocol a payload is, by its ports and its first bytes, and its fields.
#pragma once

#include "wire/application/payload.h"

namespace holter::wire {

// Writes nothing when no decoder knows it.
void list_application(Payload payload);

}  // namespace holter::wire
