#include "probe/trace/report.h"

#include <algorithm>

#include "env/icmp_words.h"

namespace holter::probe {
namespace {

using record::Outcome;
using record::PathEnd;
using record::Phase;

std::string hops_text(const record::Path& path) {
  const auto hops = path.hops.size();
  std::string text = std::to_string(hops) + (hops == 1 ? " hop" : " hops");
  if (const auto branches = most_branches(path); branches > 1)
    text += ", up to " + std::to_string(branches) + " branches";
  return text;
}

// "10.90.3.2, hop 4": the last that answered.
std::string last_text(const record::Path& path) {
  for (auto hop = path.hops.rbegin(); hop != path.hops.rend(); ++hop) {
    if (!hop->branches.empty()) {
      return to_string(hop->branches.front().address) + ", hop " + std::to_string(int{hop->ttl});
    }
  }
  return "this host";
}

std::string unreachable_text(const record::Path& path) {
  const record::Branch& said = path.hops.back().branches.front();
  const auto words = env::icmp_error_words(said.address.family(), said.icmp_type, said.icmp_code);
  return std::string(words) + " from " + last_text(path);
}

std::string_view port_word(TracePort port) {
  switch (port) {
    case TracePort::filtered: return "filtered";
    case TracePort::closed: return "closed";
    case TracePort::open: return "open";
    case TracePort::unknown: break;
  }
  return "";
}

// "; port 80 is open"
std::string port_text(const TraceEnd& end) {
  if (end.port == TracePort::unknown) return "";
  return "; port " + std::to_string(end.port_number) + " is " + std::string(port_word(end.port));
}

}  // namespace

std::size_t most_branches(const record::Path& path) {
  std::size_t most = 0;
  for (const auto& hop : path.hops) most = std::max(most, hop.branches.size());
  return most;
}

record::ProbeResult report(record::ProbeResult result, record::Path path, const TraceEnd& known) {
  const PathEnd end = path.end;
  result.path = std::move(path);
  const record::Path& found = result.path;
  add_fact(result.facts, "hops", static_cast<std::int64_t>(found.hops.size()));
  add_fact(result.facts, "branches", static_cast<std::int64_t>(most_branches(found)));
  add_fact(result.facts, "path_end", base::UntrustedText(to_string(end)));
  if (known.port != TracePort::unknown) {
    add_fact(result.facts, "port_state", base::UntrustedText(port_word(known.port)));
  }
  const std::string hops = hops_text(found);
  const std::string last = last_text(found);
  const std::string unreachable = end == PathEnd::unreachable ? unreachable_text(found) : "";
  if (known.rtt && end == PathEnd::reached) {
    result.outcome = Outcome::ok;
    result.rtt = known.rtt;
    result.detail = base::UntrustedText(hops + port_text(known));
    return result;
  }
  switch (end) {
    case PathEnd::unreachable: return failed(std::move(result), Outcome::unreachable, Phase::first_byte, unreachable);
    case PathEnd::loop:
      return failed(std::move(result), Outcome::unreachable, Phase::first_byte,
                    "a loop: the path comes back to " + last);
    case PathEnd::too_long:
      return failed(std::move(result), Outcome::timeout, Phase::first_byte, "not reached within " + hops);
    case PathEnd::silent:
      return failed(std::move(result), Outcome::timeout, Phase::first_byte, "nobody answers beyond " + last);
    default:
      return failed(std::move(result), Outcome::timeout, Phase::first_byte,
                    "not at the end within " + base::to_string(known.timeout) + "; the last to answer is " + last);
  }
}

}  // namespace holter::probe
