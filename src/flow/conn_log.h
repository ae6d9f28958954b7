// Conversations as the lines of a Zeek conn.log (docs.zeek.org, base/protocols/conn): tab-separated, with the header
// that names the fields, so that what reads Zeek's logs reads ours. What holter does not know is "-". A uid is made
// from the conversation, so that a file read twice gives the same bytes. Pure.
#pragma once

#include <string>

#include "record/traffic.h"

namespace holter::flow {

std::string conn_log_header();
std::string conn_log_line(const record::FlowRecord& flow);

}  // namespace holter::flow
