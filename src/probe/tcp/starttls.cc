#include "probe/tcp/starttls.h"

#include <algorithm>
#include <array>

#include "base/untrusted_text.h"
#include "probe/tcp/ldap_answer.h"

namespace holter::probe {
namespace {

using namespace std::string_view_literals;
using base::ErrorKind;

constexpr std::array kWords = {"smtp"sv, "imap"sv, "pop3"sv, "ftp"sv, "ldap"sv, "xmpp"sv, "postgres"sv};
constexpr std::string_view kXmppTls = "urn:ietf:params:xml:ns:xmpp-tls";
constexpr std::string_view kPostgresAsk("\x00\x00\x00\x08\x04\xd2\x16\x2f", 8);
constexpr std::size_t kMostShown = 200;  // of what the peer said, in an error

std::string shown(std::string_view said) { return '"' + base::UntrustedText(said, kMostShown).for_terminal() + '"'; }

base::Error refused(std::string_view said) { return {ErrorKind::refused, "the peer refuses TLS: " + shown(said)}; }
base::Error not_offered(std::string_view what) {
  return {ErrorKind::refused, "the peer does not offer " + std::string(what)};
}
base::Error strange(std::string_view said) {
  return {ErrorKind::corrupt, "what came is not of this protocol: " + shown(said)};
}

bool equal_fold(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}
bool starts_fold(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && equal_fold(text.substr(0, with.size()), with);
}

// "250-SIZE": a code of three digits, whether more lines follow, and what is said. Empty: it is none.
struct Reply {
  int code = 0;
  bool last = true;
  std::string_view text;
};
std::optional<Reply> parse_reply(std::string_view line) {
  const bool digits =
      line.size() >= 3 && std::ranges::all_of(line.substr(0, 3), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::nullopt;
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (line.size() == 3) return Reply{code, true, {}};
  if (line[3] != ' ' && line[3] != '-') return std::nullopt;
  return Reply{code, line[3] == ' ', line.substr(4)};
}

// For an attribute of XML.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '\'')
      out += "&apos;";
    else
      out += c;
  }
  return out;
}

}  // namespace

std::optional<StartTlsProtocol> parse_starttls(std::string_view word) {
  const auto* const found = std::ranges::find(kWords, word);
  if (found == kWords.end()) return std::nullopt;
  return static_cast<StartTlsProtocol>(found - kWords.begin());
}

StartTls::StartTls(StartTlsProtocol protocol, std::string host) : protocol_(protocol), host_(std::move(host)) {}

std::string StartTls::opening() const {
  switch (protocol_) {
    case StartTlsProtocol::ldap: return ldap_starttls();
    case StartTlsProtocol::postgres: return std::string(kPostgresAsk);
    case StartTlsProtocol::xmpp:
      return "<?xml version='1.0'?><stream:stream to='" + escaped(host_) +
             "' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
    default: return {};
  }
}

StartTls::Answer StartTls::take(base::Bytes came) {
  taken_ += came.size();
  if (taken_ > kMaxStartTlsBytes) return base::Error{ErrorKind::too_large, "more than 16 KiB came before TLS"};
  inbox_.append(came.begin(), came.end());
  switch (protocol_) {
    case StartTlsProtocol::ldap: return take_ldap();
    case StartTlsProtocol::xmpp: return take_xmpp();
    case StartTlsProtocol::postgres: return take_postgres();
    default: return take_lines();
  }
}

StartTls::Answer StartTls::go_ahead() {
  if (!inbox_.empty()) {
    return base::Error{ErrorKind::corrupt, "bytes came in the clear behind the word to begin TLS: " + shown(inbox_)};
  }
  ready_ = true;
  return std::string();
}

StartTls::Answer StartTls::take_lines() {
  std::string to_send;
  for (std::size_t end = inbox_.find('\n'); end != inbox_.npos && !ready_; end = inbox_.find('\n')) {
    std::string line = inbox_.substr(0, end);
    inbox_.erase(0, end + 1);
    if (line.ends_with('\r')) line.pop_back();
    if (stage_ == 0 && greeting_.empty()) greeting_ = line;
    auto answer = take_line(line);
    if (!answer) return answer;
    to_send += *answer;
  }
  return to_send;
}

StartTls::Answer StartTls::take_line(std::string_view line) {
  switch (protocol_) {
    case StartTlsProtocol::smtp: return take_smtp(line);
    case StartTlsProtocol::imap: return take_imap(line);
    case StartTlsProtocol::pop3: return take_pop3(line);
    default: return take_ftp(line);
  }
}

StartTls::Answer StartTls::take_smtp(std::string_view line) {
  constexpr std::array kGood = {220, 250, 220};
  const auto reply = parse_reply(line);
  if (!reply) return strange(line);
  if (reply->code != kGood.at(static_cast<std::size_t>(stage_))) return refused(line);
  if (stage_ == 1 && equal_fold(reply->text, "STARTTLS")) offered_ = true;
  if (!reply->last) return std::string();
  ++stage_;
  if (stage_ == 1) return std::string("EHLO holter.invalid\r\n");
  if (stage_ == 3) return go_ahead();
  if (!offered_) return not_offered("STARTTLS");
  return std::string("STARTTLS\r\n");
}

StartTls::Answer StartTls::take_imap(std::string_view line) {
  if (stage_ == 0) {
    if (starts_fold(line, "* PREAUTH") || starts_fold(line, "* BYE")) return refused(line);
    if (!starts_fold(line, "* OK")) return strange(line);
    ++stage_;
    return std::string("a1 STARTTLS\r\n");
  }
  if (starts_fold(line, "* BYE")) return refused(line);
  if (line.starts_with("* ")) return std::string();
  if (starts_fold(line, "a1 OK")) return go_ahead();
  if (starts_fold(line, "a1 NO") || starts_fold(line, "a1 BAD")) return refused(line);
  return strange(line);
}

StartTls::Answer StartTls::take_pop3(std::string_view line) {
  if (line.starts_with("-ERR")) return refused(line);
  if (!line.starts_with("+OK")) return strange(line);
  if (stage_++ == 0) return std::string("STLS\r\n");
  return go_ahead();
}

StartTls::Answer StartTls::take_ftp(std::string_view line) {
  const auto reply = parse_reply(line);
  // What stands between the first and the last line of a reply may look like anything.
  const bool between = open_reply_ != 0 && !(reply && reply->last && reply->code == open_reply_);
  if (between) return std::string();
  if (!reply) return strange(line);
  open_reply_ = reply->last ? 0 : reply->code;
  const bool later = reply->code / 100 == 1;  // 120: it will be ready in some minutes
  if (!reply->last || later) return std::string();
  if (reply->code != (stage_ == 0 ? 220 : 234)) return refused(line);
  if (stage_++ == 0) return std::string("AUTH TLS\r\n");
  return go_ahead();
}

StartTls::Answer StartTls::take_xmpp() {
  if (!inbox_.empty() && inbox_.front() != '<') return strange(inbox_);
  return stage_ == 0 ? take_xmpp_features() : take_xmpp_proceed();
}

StartTls::Answer StartTls::take_xmpp_features() {
  constexpr std::string_view kEnd = "</stream:features>";
  if (inbox_.find("<stream:error") != inbox_.npos) return refused(inbox_);
  const std::size_t end = inbox_.find(kEnd);
  if (end == inbox_.npos) return std::string();
  const bool offered = inbox_.find(kXmppTls) < end;
  inbox_.erase(0, end + kEnd.size());
  if (!offered) return not_offered("STARTTLS");
  ++stage_;
  return "<starttls xmlns='" + std::string(kXmppTls) + "'/>";
}

StartTls::Answer StartTls::take_xmpp_proceed() {
  const std::size_t end = inbox_.find('>');
  if (end == inbox_.npos) return std::string();
  if (inbox_.starts_with("<failure") || inbox_.starts_with("<stream:error")) return refused(inbox_);
  if (!inbox_.starts_with("<proceed")) return strange(inbox_);
  std::size_t size = end + 1;
  if (inbox_[end - 1] != '/') {
    constexpr std::string_view kEnd = "</proceed>";
    const std::size_t closing = inbox_.find(kEnd);
    if (closing == inbox_.npos) return std::string();
    size = closing + kEnd.size();
  }
  inbox_.erase(0, size);
  return go_ahead();
}

StartTls::Answer StartTls::take_ldap() {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(inbox_.data());
  const auto parsed = parse_ldap_answer({bytes, inbox_.size()});
  if (!parsed) return parsed.error();
  if (!*parsed) return std::string();
  const LdapAnswer& answer = **parsed;
  if (answer.result != 0) {
    return base::Error{ErrorKind::refused, "the peer refuses TLS: result " + std::to_string(answer.result) + ' ' +
                                               shown(answer.diagnostic)};
  }
  inbox_.erase(0, answer.size);
  return go_ahead();
}

StartTls::Answer StartTls::take_postgres() {
  if (inbox_.empty()) return std::string();
  const char first = inbox_.front();
  if (first == 'N') return not_offered("TLS");
  if (first == 'E') return refused(inbox_);
  if (first != 'S') return strange(inbox_);
  inbox_.erase(0, 1);
  return go_ahead();
}

}  // namespace holter::probe
