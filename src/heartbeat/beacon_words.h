// What happened to a beacon in the words of `holter pulse`. Pure; the words hold nothing of a peer but its address.
#pragma once

#include <string>

#include "heartbeat/beacon.h"

namespace holter::heartbeat {

// One line without its end; empty for `started`, which the program says in its own way.
std::string beacon_words(const BeaconEvent& event);

// It did not go as wished.
bool is_trouble(const BeaconEvent& event);

// "pulsing 192.0.2.1:4280 as db1 every 1s, from 192.0.2.7:40112", "speaking to ..." without an interval.
std::string opening_words(const BeaconEvent& started, const BeaconOptions& options);

}  // namespace holter::heartbeat
