// PingRequest is a ping URL taken apart: who is meant, and what is said of it. The URLs are those that healthchecks.io
// documents as its Pinging API, below /ping:
//
//   /ping/<uuid>[/start|/fail|/log|/<exit status>]?rid=<uuid>
//   /ping/<ping key>/<slug>[/...]?create=1&rid=<uuid>
//   /ping/<slug>[/...]           without a key; whether that is allowed is for the route to say
//
// Pure; the text is hostile.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace holter::heartbeat {

inline constexpr std::size_t kPingKeyBytes = 22;        // base64url of 16 bytes
inline constexpr std::size_t kMaxSlugBytes = 100;       // a-z, 0-9, '-' and '_', as there
inline constexpr std::size_t kPingBodyBytes = 100'000;  // kept of a body, as there

using Uuid = std::array<std::uint8_t, 16>;

// The canonical text, in either case: "728b3763-ea80-4113-9fc0-f49b3adf226a".
std::optional<Uuid> parse_uuid(std::string_view text);
std::string to_string(const Uuid& uuid);

bool is_slug(std::string_view text);

struct PingRequest {
  enum class Kind : std::uint8_t { success, start, fail, log, exit_status };

  std::optional<Uuid> uuid = {};  // else the slug
  std::string slug = {};
  std::string ping_key = {};  // empty: none is given
  Kind kind = Kind::success;
  std::uint8_t exit_status = 0;
  bool create = false;
  std::string run = {};  // the run's id in small letters; empty: none

  // Whether it says that something ended well, or not.
  bool succeeds() const { return kind == Kind::success || (kind == Kind::exit_status && exit_status == 0); }
  bool fails() const { return kind == Kind::fail || (kind == Kind::exit_status && exit_status != 0); }

  friend bool operator==(const PingRequest&, const PingRequest&) = default;
};

// `path` is behind "/ping/", decoded; `rid` and `create` are the query's, where it has them. The error is what is
// answered: "invalid url format".
base::Result<PingRequest> parse_ping(std::string_view path, std::optional<std::string_view> rid,
                                     std::optional<std::string_view> create);

}  // namespace holter::heartbeat
