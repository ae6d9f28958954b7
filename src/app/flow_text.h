// What `holter flows` prints: conversations as rows of a table, as JSON, or as lines of a conn.log, and the figures at
// the end. Pure.
#pragma once

#include <span>
#include <string>

#include "capture/flow_watch.h"
#include "flow/flow_table.h"
#include "term/screen.h"

namespace holter::app {

enum class FlowForm : std::uint8_t { table, json, conn_log };

// Before the first conversation; empty when the form has none.
std::string flow_heading(FlowForm form);
// A line each. Tables drawn one after the other stand in line; the first has titles.
std::string flow_text(FlowForm form, std::span<const record::FlowRecord> flows, const term::Screen& screen, bool first);

// The same for conversations that somebody looks at while they go on, the rates first.
std::string busy_flow_text(std::span<const capture::BusyFlow> flows, const term::Screen& screen);

// "254312 conversations; 3 evicted for want of room\n"
std::string flow_figures(const flow::FlowCounters& counters, std::uint64_t left_out);

}  // namespace holter::app
