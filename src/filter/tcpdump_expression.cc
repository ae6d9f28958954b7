#include "filter/tcpdump_expression.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <optional>

#include "base/ip.h"
#include "filter/mistake.h"

namespace holter::filter {
namespace {

static_assert(sizeof(BpfInstruction) == sizeof(bpf_insn));

constexpr int kSnaplen = 262'144;
constexpr std::array<int, 6> kLinks = {DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL, DLT_LOOP};

// What the language knows by itself.
constexpr auto kWords = std::to_array<std::string_view>({
    "aarp",
    "addr1",
    "addr2",
    "addr3",
    "addr4",
    "address1",
    "address2",
    "address3",
    "address4",
    "ah",
    "and",
    "arp",
    "atalk",
    "atm",
    "bcc",
    "broadcast",
    "byte",
    "carp",
    "clnp",
    "connectmsg",
    "csnp",
    "decnet",
    "dir",
    "direction",
    "dpc",
    "dst",
    "es-is",
    "esis",
    "esp",
    "ether",
    "fddi",
    "fisu",
    "gateway",
    "geneve",
    "greater",
    "hdpc",
    "hfisu",
    "hlssu",
    "hmsu",
    "hopc",
    "host",
    "hsio",
    "hsls",
    "icmp",
    "icmp-address",
    "icmp-echo",
    "icmp-echoreply",
    "icmp-ireq",
    "icmp-ireqreply",
    "icmp-maskreply",
    "icmp-maskreq",
    "icmp-paramprob",
    "icmp-redirect",
    "icmp-routeradvert",
    "icmp-routersolicit",
    "icmp-sourcequench",
    "icmp-timxceed",
    "icmp-tstamp",
    "icmp-tstampreply",
    "icmp-unreach",
    "icmp6",
    "icmp6code",
    "icmp6type",
    "icmpcode",
    "icmptype",
    "ifindex",
    "ifname",
    "igmp",
    "igrp",
    "iih",
    "ilmic",
    "inbound",
    "ip",
    "ip6",
    "ipx",
    "is-is",
    "isis",
    "iso",
    "l1",
    "l2",
    "lan",
    "lane",
    "lat",
    "len",
    "less",
    "link",
    "llc",
    "lsp",
    "lssu",
    "mask",
    "metac",
    "metaconnect",
    "mopdl",
    "moprc",
    "mpls",
    "msu",
    "multicast",
    "net",
    "netbeui",
    "not",
    "oam",
    "oamf4",
    "oamf4ec",
    "oamf4sc",
    "on",
    "opc",
    "or",
    "outbound",
    "pim",
    "port",
    "portrange",
    "ppp",
    "pppoed",
    "pppoes",
    "proto",
    "protochain",
    "psnp",
    "ra",
    "radio",
    "rarp",
    "reason",
    "rnr",
    "rr",
    "sc",
    "sctp",
    "sio",
    "slip",
    "sls",
    "snp",
    "src",
    "stp",
    "subtype",
    "ta",
    "tcp",
    "tcp-ack",
    "tcp-cwr",
    "tcp-ece",
    "tcp-fin",
    "tcp-push",
    "tcp-rst",
    "tcp-syn",
    "tcp-urg",
    "tcpflags",
    "tr",
    "type",
    "udp",
    "vci",
    "vlan",
    "vpi",
    "vrrp",
    "wlan",
});

static_assert(std::ranges::is_sorted(kWords));

bool is_word_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("_.:/-").find(c) != std::string_view::npos;
}

bool is_made_of(std::string_view text, std::string_view bytes) {
  return !text.empty() && text.find_first_not_of(bytes) == std::string_view::npos;
}

// A number, a range of ports, an address or a prefix of any length; nothing that libpcap would look up.
bool is_value(std::string_view word) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  const std::size_t slash = word.find('/');
  if (slash != std::string_view::npos && !is_made_of(word.substr(slash + 1), kDigits)) return false;
  word = word.substr(0, slash);
  if (word.starts_with("0x")) return is_made_of(word.substr(2), kHex);
  if (word.find(':') != std::string_view::npos) return is_made_of(word, "0123456789abcdefABCDEF:.");
  return is_made_of(word, "0123456789.-");
}

std::optional<std::string> name_in(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word_byte(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    std::string_view word = text.substr(at, end - at);
    word.remove_prefix(std::min(word.find_first_not_of("/-"), word.size()));  // signs of arithmetic
    const bool known = std::ranges::binary_search(kWords, word) || is_value(word);
    if (!word.empty() && !known) return std::string(word);
    at = end;
  }
  return std::nullopt;
}

struct Attempt {
  BpfProgram program;
  std::string error;
};

Attempt compiled(const std::string& text, int link) {
  Attempt out;
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(pcap_open_dead(link, kSnaplen), pcap_close);
  bpf_program made{};
  if (!handle || pcap_compile(handle.get(), &made, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    out.error = handle ? pcap_geterr(handle.get()) : "libpcap has no memory";
    return out;
  }
  for (const bpf_insn& i : std::span(made.bf_insns, made.bf_len)) out.program.push_back({i.code, i.jt, i.jf, i.k});
  pcap_freecode(&made);
  if (is_valid(out.program)) return out;
  return {{}, "its program has a loop or is too long"};
}

}  // namespace

base::Result<TcpdumpExpression> TcpdumpExpression::compile(const std::string& text) {
  if (const auto name = name_in(text)) {
    return base::Error{base::ErrorKind::invalid, in_quotes(*name) +
                                                     " is no word of tcpdump's language, and names are not "
                                                     "looked up here; write the number or address"};
  }
  if (text.find('\0') != std::string::npos) return base::Error{base::ErrorKind::invalid, "it holds a byte 0"};
  TcpdumpExpression out;
  out.text_ = text;
  std::string first_error;
  bool any = false;
  for (std::size_t i = 0; i < kLinks.size(); ++i) {
    auto [program, error] = compiled(text, kLinks[i]);
    any = any || error.empty();
    if (first_error.empty()) first_error = error;
    out.programs_[i] = std::move(program);
  }
  if (!any) return base::Error{base::ErrorKind::invalid, first_error};
  return out;
}

bool TcpdumpExpression::matches(wire::LinkType link, const BpfFrame& frame) const {
  auto row = static_cast<std::size_t>(link);
  if (link == wire::LinkType::unknown) return false;
  // The family stands in the order of the host that captured it.
  if (link == wire::LinkType::bsd_null && !frame.bytes.empty() && frame.bytes[0] == 0) ++row;
  return !programs_[row].empty() && run(programs_[row], frame) != 0;
}

std::string listing(const BpfProgram& program) {
  std::string out;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const auto& [code, if_true, if_false, k] = program[at];
    const bpf_insn instruction{code, if_true, if_false, k};
    out += bpf_image(&instruction, static_cast<int>(at));
    out += '\n';
  }
  return out;
}

}  // namespace holter::filter
