// The data of one DNS record, by its type. A type that is not read further is listed as its first bytes.
#pragma once

#include "wire/application/cursor.h"
#include "wire/field_list.h"
#include "wire/steps.h"

namespace holter::wire {

void list_dns_record_data(std::uint16_t type, Cursor data, Steps& steps, FieldList& fields);

}  // namespace holter::wire
