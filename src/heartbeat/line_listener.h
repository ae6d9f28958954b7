// LineListener is the shell around LineTalk: it accepts connections for lines on TCP, with TLS when the first byte is
// that of a ClientHello, says what they say to Presence, and writes the answers. It sends nothing before it has read.
//
// At most kMaxConnections and kMaxOfAddress of one address (of one /64 with IPv6); when all are taken, the oldest one
// that has not said a session is ended for the new one. A peer that does not read its answers for kWriteWithin is
// ended. Everything that is refused or ended is counted, and said at level debug. One loop; `presence` outlives it.
#pragma once

#include <memory>
#include <vector>

#include "env/env.h"
#include "heartbeat/line_talk.h"
#include "heartbeat/presence.h"

namespace holter::heartbeat {

struct LineListenerOptions {
  std::vector<base::Endpoint> endpoints;  // none: nothing is listened to
  VerifyKey verify;
};

class LineListener {
 public:
  static constexpr std::size_t kMaxEndpoints = 16;
  static constexpr std::size_t kMaxConnections = 4'096;  // fewer with few file descriptors
  static constexpr std::size_t kMaxOfAddress = 64;
  static constexpr std::size_t kMaxTurnedAway = 64;  // told at one time that there is no room
  static constexpr base::Duration kHandshakeWithin = base::Duration::seconds(5);
  // For the peer to take what is written at a time.
  static constexpr base::Duration kWriteWithin = base::Duration::seconds(20);
  static constexpr base::Duration kLinger = base::Duration::seconds(1);

  // Fails when an endpoint is taken by another program, or none can be opened.
  static base::Result<std::unique_ptr<LineListener>> open(env::Env env, LineListenerOptions options,
                                                          Presence& presence);
  ~LineListener();
  LineListener(const LineListener&) = delete;
  LineListener& operator=(const LineListener&) = delete;

  // What new connections are shown over TLS; without it TLS is refused.
  void set_identity(std::shared_ptr<const env::TlsIdentity> identity);
  // Until cancelled.
  env::Task<void> run();
  // Ends every connection. Cancel run() first.
  env::Task<void> stop();

  std::vector<base::Endpoint> endpoints() const;
  LineCounters counters() const;

 private:
  struct Book;
  struct Connection;

  LineListener(env::Env env, LineListenerOptions options, Presence& presence);

  env::Task<void> accept(std::size_t number);
  // Lets one in, or turns it away.
  env::Task<void> admit(std::unique_ptr<env::ByteStream> stream);
  env::Task<void> turn_away(std::unique_ptr<env::ByteStream> stream, std::string why);
  // Until it is over, or has to make room.
  env::Task<void> attend(std::unique_ptr<env::ByteStream> stream, std::unique_ptr<Connection> connection);
  env::Task<void> converse(std::unique_ptr<env::ByteStream> stream, Connection& connection);
  // Waits for the first bytes: over TLS if they are its. Nothing when this peer is not to be talked to.
  env::Task<std::unique_ptr<env::ByteStream>> begin(std::unique_ptr<env::ByteStream> stream, Connection& connection);
  env::Task<std::unique_ptr<env::ByteStream>> begin_tls(std::unique_ptr<env::ByteStream> stream,
                                                        std::vector<std::uint8_t> first, Connection& connection);
  env::Task<void> read(env::ByteStream& stream, Connection& connection);
  env::Task<void> wait_for_room(Connection& connection);
  env::Task<void> write(env::ByteStream& stream, Connection& connection);
  env::Task<void> wait_for_output(Connection& connection);
  // What was written arrives, also when the peer still sends: closing on unread bytes would reset the connection.
  env::Task<void> linger(env::ByteStream& stream);
  void hear(Connection& connection);

  env::Env env_;
  LineListenerOptions options_;
  Presence& presence_;
  std::size_t limit_;
  std::shared_ptr<Book> book_;
  std::shared_ptr<const env::TlsIdentity> identity_;
  std::vector<std::unique_ptr<env::Listener>> listeners_;
  env::TaskGroup connections_;
  env::TaskGroup turned_away_;
};

}  // namespace holter::heartbeat
