// What an ICMP message says behind its type, code and checksum, by its type: questions and answers, redirects, router
// advertisements, what errors add to their quote. Each router and object takes a step. Pure.
#pragma once

#include "wire/field_list.h"
#include "wire/steps.h"
#include "wire/window.h"

namespace holter::wire {

// `message` has at least 8 captured bytes.
void list_icmp_message(Window message, Steps& steps, FieldList& out);

}  // namespace holter::wire
