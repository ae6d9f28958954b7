// Payload is what an application says behind a transport header, as a decoder of it sees it. Such a decoder is a
// function `void list_x(Payload)`: it reads the window, writes fields, and changes nothing else. What it cannot read it
// reports as a flaw. The bytes may be one datagram, one segment, or the beginning of a stream put together.
#pragma once

#include "wire/field_list.h"
#include "wire/steps.h"
#include "wire/window.h"

namespace holter::wire {

struct Payload {
  Window window;
  const Packet& packet;
  Steps& steps;
  FieldList& fields;
};

}  // namespace holter::wire
