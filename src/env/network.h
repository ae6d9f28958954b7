// Network is the way to other hosts: datagram sockets (UDP, ICMP) with TTL, kernel stamps and the error queue; byte
// streams over TCP and Unix sockets, with TLS for who is connected to; names. All objects belong to the loop they were
// opened on and are used from its thread only. Destroying a socket closes it and cancels what waits on it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/ip.h"
#include "base/result.h"
#include "base/time.h"
#include "env/egress.h"
#include "env/task.h"
#include "env/tls.h"

namespace holter::env {

enum class DatagramKind : std::uint8_t {
  udp,
  icmp_echo,  // the kernel's ping socket: no privilege where net.ipv4.ping_group_range allows; kernel owns the id
  icmp_raw,   // needs the broker; sees every ICMP packet of the host
  ipv4_raw,   // needs the broker; sends whole IPv4 packets, header and all, and receives none; `local` means nothing
  tcp_raw,    // needs the broker; sends TCP segments, and hears those to the `ports` own ports from local.port on
};

struct DatagramOptions {
  DatagramKind kind = DatagramKind::udp;
  base::Endpoint local;     // address family counts even when the address is "any"; port 0: any
  Egress egress = {};       // its source means nothing: that is `local`
  bool stamps = false;      // kernel receive and transmit stamps (SO_TIMESTAMPING, software)
  bool errors = false;      // deliver ICMP errors (IP_RECVERR)
  bool interfaces = false;  // say over which interface each datagram came
  bool whole = false;       // never in fragments, whatever the kernel has learnt of the path's MTU (RFC 8899)
  bool reuse_port = false;
  std::uint16_t ports = 1;               // tcp_raw alone
  std::size_t receive_buffer_bytes = 0;  // 0: the kernel's default
};

// One thing that came out of a socket. For `data`, the datagram (raw ICMP and TCP without their IP header). For
// `transmitted`, the kernel's stamp of the send with `send_number`. For `error`, an ICMP error quoted from the error
// queue; `data` is the quoted datagram's payload (raw TCP: the segment) and `peer` where it was going.
struct Arrival {
  enum class Kind : std::uint8_t { data, transmitted, error };

  Kind kind = Kind::data;
  base::Endpoint peer;
  std::vector<std::uint8_t> data;
  bool cut = false;                       // the datagram was longer than the buffer
  base::Instant received_at;              // when holter read it
  std::optional<base::PacketTime> stamp;  // kernel stamp: arrival for data, departure for transmitted
  std::optional<std::uint8_t> ttl;
  std::uint32_t interface = 0;    // index of the one it came over, when asked for; 0: not known
  std::uint32_t send_number = 0;  // transmitted: the number send() returned
  std::uint8_t icmp_type = 0;     // error
  std::uint8_t icmp_code = 0;
  std::uint32_t mtu = 0;
  std::optional<base::IpAddress> offender;      // the router that sent the error; absent: the own kernel
  base::ErrorKind error = base::ErrorKind::io;  // what the error means
};

inline constexpr std::size_t kMaxDatagramBytes = 65'536;

// A datagram to be sent; what it points to stays valid until then.
struct Outgoing {
  base::Endpoint to;
  base::Bytes payload;
};

class DatagramSocket {
 public:
  virtual ~DatagramSocket() = default;

  virtual base::Endpoint local() const = 0;
  // Does not wait: would_block when the kernel has no room now. The number counts sends from 0 and matches
  // `transmitted` arrivals. Unreachable, refused and not-permitted answers of the own kernel come back as errors here.
  virtual base::Result<std::uint32_t> send(const base::Endpoint& to, base::Bytes payload) = 0;
  // The same with a time to live (IPv6: hop limit) of its own.
  virtual base::Result<std::uint32_t> send_with_ttl(const base::Endpoint& to, base::Bytes payload,
                                                    std::uint8_t ttl) = 0;
  // send() for each, in their order and with few system calls; appends what became of each. Ends with the first one
  // that found no room.
  virtual void send_all(std::span<const Outgoing> datagrams, std::vector<base::Result<std::uint32_t>>& results) {
    for (const auto& [to, payload] : datagrams) {
      results.push_back(send(to, payload));
      if (!results.back() && results.back().error().kind == base::ErrorKind::would_block) return;
    }
  }
  // Waits for at least one arrival and appends at most `limit` of them. A transmit stamp alone need not end the wait:
  // it may come along with what does.
  virtual Task<base::Result<void>> receive(std::vector<Arrival>& into, std::size_t limit) = 0;
  // Datagrams that the kernel had no room for, since the socket was opened.
  virtual std::uint64_t dropped() const { return 0; }
};

struct PeerCredentials {
  std::uint32_t process = 0;
  std::uint32_t user = 0;
};

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  virtual base::Endpoint local() const = 0;
  virtual base::Endpoint peer() const = 0;                         // 0.0.0.0:0 for a Unix socket
  virtual std::optional<PeerCredentials> credentials() const = 0;  // Unix sockets only
  // The round trip as the kernel's TCP measures it, smoothed (RFC 6298); behind a handshake it is that of the SYN.
  virtual std::optional<base::Duration> kernel_rtt() const { return std::nullopt; }
  // At least one byte; ErrorKind::closed at the end of the stream.
  virtual Task<base::Result<std::size_t>> read_some(std::span<std::uint8_t> into) = 0;
  // All of `bytes`, which must stay valid until then.
  virtual Task<base::Result<void>> write_all(base::Bytes bytes) = 0;
  // No more writes; the peer reads the end.
  virtual void shutdown_write() = 0;
  // Closes both ways and ends what waits on it with ErrorKind::closed.
  virtual void close() = 0;
};

// What became of a TLS handshake with whom we connected to. `facts` are there when it came to its end, also where the
// certificate made it fail.
struct TlsConnection {
  base::Result<std::unique_ptr<ByteStream>> stream;
  std::optional<TlsFacts> facts;
};

class Listener {
 public:
  virtual ~Listener() = default;

  virtual base::Endpoint local() const = 0;
  virtual Task<base::Result<std::unique_ptr<ByteStream>>> accept() = 0;
  virtual void close() = 0;
};

class Network {
 public:
  virtual ~Network() = default;

  virtual base::Result<std::unique_ptr<DatagramSocket>> open_datagram(const DatagramOptions& options) = 0;
  // The own address that datagrams to `destination` leave from now, by the host's routes.
  virtual base::Result<base::IpAddress> source_for(const base::IpAddress& destination) = 0;
  // Hears the own end of a connection before its first packet leaves. Not when there is no way to the peer.
  using Bound = std::function<void(const base::Endpoint& local)>;
  virtual Task<base::Result<std::unique_ptr<ByteStream>>> connect(base::Endpoint to, Egress egress, Bound bound) = 0;
  Task<base::Result<std::unique_ptr<ByteStream>>> connect(base::Endpoint to, Egress egress) {
    return connect(to, std::move(egress), {});
  }
  Task<base::Result<std::unique_ptr<ByteStream>>> connect(base::Endpoint to) { return connect(to, {}, {}); }
  virtual base::Result<std::unique_ptr<Listener>> listen(const base::Endpoint& local) = 0;
  // ErrorKind::invalid when the text holds no certificate, no key, or the key of another certificate.
  virtual base::Result<std::shared_ptr<const TlsIdentity>> tls_identity(const TlsPem& pem) = 0;
  // TLS 1.2 or later with a peer that connected to us; `first` has been read of `under` already. Returns after the
  // handshake, which waits for the peer: give it a deadline. Reading ends with ErrorKind::closed when the peer ended
  // TLS in order, with another kind when the stream was cut. After shutdown_write() the peer is told so by the next
  // read.
  virtual Task<base::Result<std::unique_ptr<ByteStream>>> accept_tls(std::unique_ptr<ByteStream> under,
                                                                     std::vector<std::uint8_t> first,
                                                                     std::shared_ptr<const TlsIdentity> identity) = 0;
  // TLS 1.2 or later with a peer that we connected to, verified against the certificates that this host trusts. Give
  // it a deadline. ErrorKind::corrupt: no TLS, or a certificate that does not hold, in words; unsupported: this host
  // trusts nobody, and what to install. Reading and writing as with accept_tls().
  virtual Task<TlsConnection> connect_tls(std::unique_ptr<ByteStream> under, TlsWish wish) = 0;
  // Unix stream sockets by path; listening makes the file with mode 0600 and removes it on close.
  virtual Task<base::Result<std::unique_ptr<ByteStream>>> connect_local(std::string path) = 0;
  virtual base::Result<std::unique_ptr<Listener>> listen_local(const std::string& path) = 0;
  // The addresses of a name, in the order to try; a literal address is returned as it is.
  virtual Task<base::Result<std::vector<base::IpAddress>>> resolve(std::string name) = 0;
};

}  // namespace holter::env
