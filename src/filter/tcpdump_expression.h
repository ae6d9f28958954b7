// tcpdump's expressions (pcap-filter(7)), compiled by libpcap and run by bpf.h. The same words mean other bytes on each
// link, so that a program is made for every link that holter decodes. Names of hosts, nets, ports and protocols are
// refused: libpcap would ask resolvers and files for them. Constant when made; any thread. libpcap is private to
// tcpdump_expression.cc.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/result.h"
#include "filter/bpf.h"
#include "wire/numbers.h"

namespace holter::filter {

class TcpdumpExpression {
 public:
  // An error's message is libpcap's, or says what is not taken.
  static base::Result<TcpdumpExpression> compile(const std::string& text);

  // False on a link on which the expression means nothing.
  bool matches(wire::LinkType link, const BpfFrame& frame) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  // ethernet, raw_ip, linux_cooked_v1, linux_cooked_v2, and BSD loopback of little and of big-endian hosts.
  std::array<BpfProgram, 6> programs_;
};

}  // namespace holter::filter
