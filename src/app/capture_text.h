// What `holter read` and `holter capture` say about what they did: exact figures in words. Pure.
#pragma once

#include <string>

#include "capture/file_reading.h"
#include "capture/recording.h"

namespace holter::app {

// "119 packets read; 3 not decoded (link type 127: 3), 4 with a bad checksum\n"
std::string read_text(const capture::ReadFigures& figures);

// A line for each figure that is not 0, and those that one always asks for. `destination` as it may be shown; empty
// when they were only `done`: "shown".
std::string figures_text(const capture::RecordingFigures& figures, const std::string& interface,
                         const std::string& destination, const std::string& done = "shown");

// One line for the status of a capture that goes on; `before` are the figures of the call before.
std::string status_text(const capture::RecordingFigures& figures, const capture::RecordingFigures& before,
                        const std::string& interface);

}  // namespace holter::app
