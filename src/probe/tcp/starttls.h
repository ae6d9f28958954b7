// StartTls speaks a protocol in the clear up to the moment where TLS begins (RFC 3207 smtp, 3501 imap, 2595 pop3, 4217
// ftp, 4511 ldap, 6120 xmpp; PostgreSQL's SSLRequest). It takes what came, in whatever pieces, and says what to send
// next:
//
//   StartTls talk(protocol, "mail.example");
//   send(talk.opening());
//   while (!talk.ready()) send(*talk.take(receive()));
//
// Nothing may stand behind the go-ahead: it came in the clear, and who reads it within TLS has been tricked into taking
// a stranger's words for the peer's. At most kMaxStartTlsBytes are taken. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "base/result.h"

namespace holter::probe {

enum class StartTlsProtocol : std::uint8_t { smtp, imap, pop3, ftp, ldap, xmpp, postgres };

inline constexpr std::size_t kMaxStartTlsBytes = 16 * 1024;

std::optional<StartTlsProtocol> parse_starttls(std::string_view word);

class StartTls {
 public:
  // `host` as it was asked for, which xmpp sends.
  StartTls(StartTlsProtocol protocol, std::string host);

  // What is sent before anything came; empty: the peer speaks first.
  std::string opening() const;
  // What is to be sent then; empty: read on, or ready(). ErrorKind::refused: the peer said that it does no TLS;
  // corrupt: what came is not of the protocol; too_large. Not called again after an error, or when ready().
  base::Result<std::string> take(base::Bytes came);
  bool ready() const { return ready_; }
  // The first line of a peer that speaks first, without its end.
  const std::string& greeting() const { return greeting_; }

 private:
  using Answer = base::Result<std::string>;
  Answer take_lines();
  Answer take_line(std::string_view line);
  Answer take_smtp(std::string_view line);
  Answer take_imap(std::string_view line);
  Answer take_pop3(std::string_view line);
  Answer take_ftp(std::string_view line);
  Answer take_xmpp();
  Answer take_xmpp_features();
  Answer take_xmpp_proceed();
  Answer take_ldap();
  Answer take_postgres();
  Answer go_ahead();

  StartTlsProtocol protocol_;
  std::string host_;
  std::string inbox_;  // what came and is not used up
  std::size_t taken_ = 0;
  std::string greeting_;
  int stage_ = 0;         // how many answers of the peer have been taken
  bool offered_ = false;  // smtp: among its extensions
  int open_reply_ = 0;    // ftp: the code of a reply of several lines whose last is to come
  bool ready_ = false;
};

}  // namespace holter::probe
