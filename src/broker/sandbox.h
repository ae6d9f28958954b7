// What holter-broker gives up before it reads its first request. After confine() the process has CAP_NET_RAW (or
// nothing), cannot gain more by any exec, cannot be read by a debugger, and may make eight system calls.
// One thread; each function is called once, in the order below.
#pragma once

namespace holter::broker {

// Drops every capability but CAP_NET_RAW and, started by root, the user too (65534, where the namespace knows it).
// Returns whether CAP_NET_RAW is there in `has_net_raw`, or an errno.
int keep_only_net_raw(bool& has_net_raw);

// no_new_privs, not dumpable, killed with its parent, seccomp. Returns 0 or an errno.
int confine();

}  // namespace holter::broker
