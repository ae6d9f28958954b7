// The limits and times of the changes that are seen on the wire. Every table is full at so many entries: what is known
// stays, what is new is refused and counted, and what was not heard for long makes room.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace holter::changes {

inline constexpr std::size_t kMostBindings = 8'192;  // addresses of the segments, with where they are
inline constexpr std::size_t kMostGateways = 64;
inline constexpr std::size_t kMostNeighbours = 256;  // of LLDP and CDP
inline constexpr std::size_t kMostTrees = 256;       // VLANs and instances with a spanning tree of their own
inline constexpr std::size_t kMostLeases = 4'096;    // clients; with DHCPv6 associations, in a table of their own
inline constexpr std::size_t kMostOfLease = 32;      // addresses of one association
inline constexpr std::size_t kMostGroups = 256;      // of virtual routers
inline constexpr std::size_t kMostRouters = 64;
inline constexpr std::size_t kMostOfRouter = 32;  // prefixes of one router; servers too
inline constexpr std::size_t kMostSubjects = 1'024;
inline constexpr std::size_t kShownTextBytes = 100;  // of a name that a neighbour chose

// What is told: of one subject, and of all together. The rest is counted, and named by a Gap.
inline constexpr unsigned kToldOfSubject = 5;
inline constexpr base::Duration kSubjectWindow = base::Duration::minutes(10);
inline constexpr unsigned kToldAMinute = 60;
inline constexpr base::Duration kMinute = base::Duration::minutes(1);

// An interval between two calls of advance() that is longer, or goes backwards, was a sleep or a step of the clock:
// nobody could be heard in it.
inline constexpr base::Duration kAwake = base::Duration::seconds(10);
inline constexpr base::Duration kGrace = base::Duration::seconds(2);  // beyond what a sender says that it holds for

inline constexpr base::Duration kOneAnswer = base::Duration::seconds(2);  // two hosts that answer one question
inline constexpr base::Duration kContest = base::Duration::minutes(1);    // who lost an address and claims it again
inline constexpr base::Duration kCrossing = base::Duration::seconds(1);   // messages that cross in a takeover
inline constexpr base::Duration kSharedFor = base::Duration::hours(1);    // since the more silent owner was heard
inline constexpr base::Duration kForgetAddress = base::Duration::hours(4);
inline constexpr base::Duration kForgetWhenFull = base::Duration::minutes(10);
inline constexpr base::Duration kRootAge = base::Duration::seconds(20);                 // 802.1Q's default max age
inline constexpr base::Duration kTopologyQuiet = base::Duration::seconds(60);           // between two topology changes
inline constexpr base::Duration kAsking = base::Duration::minutes(1);                   // from DISCOVER to ACK
inline constexpr base::Duration kForgetLease = base::Duration::hours(24);               // beyond its time
inline constexpr base::Duration kLongestSilentRouter = base::Duration::seconds(1'800);  // RFC 4861, 6.2.1
inline constexpr unsigned kMissedAdvertisements = 3;  // in a row without a prefix: it is gone
inline constexpr unsigned kFirstAdvertisements = 2;   // what a router says may be spread over several (RFC 4861, 6.2.3)

}  // namespace holter::changes
