// What holter's parts count of themselves, as families for /metrics: docs/reference.md lists them. Pure.
#pragma once

#include <span>
#include <vector>

#include "api/figures.h"
#include "capture/own_traffic.h"
#include "compat/heartbeat_adapter.h"
#include "heartbeat/line_counters.h"
#include "heartbeat/listener.h"
#include "heartbeat/ping_desk.h"
#include "http/server.h"
#include "recorder/ring.h"

namespace holter::app {

// Each datagram that was read is in exactly one `kind`.
std::vector<api::FigureFamily> pulse_figures(const heartbeat::ListenerCounters& counters);
std::vector<api::FigureFamily> line_figures(const heartbeat::LineCounters& counters);
std::vector<api::FigureFamily> ping_figures(const heartbeat::PingCounters& counters);
// Each segment to the port of the ancestor is in exactly one `kind`.
std::vector<api::FigureFamily> segment_figures(const compat::AdapterCounters& counters);
std::vector<api::FigureFamily> recorder_figures(std::span<const recorder::Ring> rings, base::PacketTime now);
std::vector<api::FigureFamily> own_figures(const capture::OwnFigures& own);
std::vector<api::FigureFamily> http_figures(const http::ServerCounters& counters, std::size_t connections);

}  // namespace holter::app
