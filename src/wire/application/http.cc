#include "wire/application/http.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>
#include <string_view>

#include "wire/application/cursor.h"
#include "wire/application/http_fields.h"

namespace holter::wire {
namespace {

constexpr const HttpFields& f = kHttpFields;
constexpr std::string_view kVersion = "HTTP/1.";

// RFC 9110, RFC 5789, WebDAV (RFC 4918 and its family), SSDP (UPnP 1.0).
constexpr auto kMethods = std::to_array<std::string_view>({
    "GET ",    "POST ",     "HEAD ",      "PUT ",    "DELETE ",    "OPTIONS ",     "CONNECT ",     "TRACE ",
    "PATCH ",  "PROPFIND ", "PROPPATCH ", "MKCOL ",  "COPY ",      "MOVE ",        "LOCK ",        "UNLOCK ",
    "REPORT ", "SEARCH ",   "M-SEARCH ",  "NOTIFY ", "SUBSCRIBE ", "UNSUBSCRIBE ", "RPC_IN_DATA ", "RPC_OUT_DATA ",
});

struct Row {
  std::string_view name;
  const FieldInfo* field;
};

constexpr auto kHeaders = std::to_array<Row>({
    {"host", &f.host},
    {"user-agent", &f.user_agent},
    {"referer", &f.referer},
    {"accept", &f.accept},
    {"accept-language", &f.accept_language},
    {"accept-encoding", &f.accept_encoding},
    {"connection", &f.connection},
    {"upgrade", &f.upgrade},
    {"x-forwarded-for", &f.forwarded_for},
    {"server", &f.server},
    {"date", &f.date},
    {"last-modified", &f.last_modified},
    {"location", &f.location},
    {"cache-control", &f.cache_control},
    {"content-type", &f.content_type},
    {"content-encoding", &f.content_encoding},
    {"content-length", &f.content_length},
    {"transfer-encoding", &f.transfer_encoding},
});

std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

// One begins with the other.
bool agree(std::string_view text, std::string_view word) {
  const std::size_t n = std::min(text.size(), word.size());
  return text.substr(0, n) == word.substr(0, n);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool same_name(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower); }

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const std::size_t from = text.find_first_not_of(kSpace);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

std::optional<std::uint64_t> number_of(std::string_view digits) {
  constexpr std::size_t kMostDigits = 18;
  if (digits.empty() || digits.size() > kMostDigits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// Where the head ends, its empty line included; 0 when it does not.
std::size_t end_of_head(std::string_view text) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    const std::string_view behind = text.substr(at + 1);
    if (behind.starts_with('\n')) return at + 2;
    if (behind.starts_with("\r\n")) return at + 3;
  }
  return 0;
}

// Takes the first line off; without its end.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

class Head {
 public:
  explicit Head(Payload payload) : steps_(payload.steps), out_(payload.fields) {}

  void list(std::string_view text) {
    out_.layer(Protocol::http);
    first_line(next_line(text));
    while (!text.empty() && steps_.take()) {
      const std::string_view line = next_line(text);
      if (line.empty()) break;
      header(line);
    }
  }

  // Bytes of body behind the head; nothing: it is not known where it ends.
  std::optional<std::uint64_t> body() const {
    const bool bare = status_ != 0 && (status_ < 200 || status_ == 204 || status_ == 304);
    if (bare) return 0;
    if (coded_) return std::nullopt;
    if (length_) return length_;
    return status_ == 0 ? std::optional<std::uint64_t>(0) : std::nullopt;
  }

 private:
  void put(const FieldInfo& field, std::string_view text) { out_.data(field, bytes_of(text)); }

  void first_line(std::string_view line) {
    const std::size_t one = line.find(' ');
    const std::string_view head = line.substr(0, one);
    const std::string_view rest = one == std::string_view::npos ? std::string_view() : line.substr(one + 1);
    if (head.starts_with(kVersion)) return status_line(head, rest);
    const std::string_view target = trimmed(rest);  // space around the words is let pass (RFC 9112, 3)
    const std::size_t last = target.rfind(' ');
    put(f.method, head);
    put(f.uri, target.substr(0, last));
    if (last != std::string_view::npos) put(f.version, target.substr(last + 1));
  }

  void status_line(std::string_view version, std::string_view rest) {
    const std::size_t space = rest.find(' ');
    put(f.version, version);
    const auto status = number_of(rest.substr(0, space));
    if (!status || *status > 999) return out_.flaw(Anomaly::malformed_payload);
    status_ = static_cast<unsigned>(*status);
    out_.number(f.status, status_);
    if (space != std::string_view::npos) put(f.reason, rest.substr(space + 1));
  }

  void header(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = trimmed(line.substr(0, colon));
    const auto row = std::ranges::find_if(kHeaders, [&](const Row& r) { return same_name(name, r.name); });
    if (row == kHeaders.end()) return;
    const auto index = static_cast<std::size_t>(row - kHeaders.begin());
    if (seen_[index]) return;
    seen_[index] = true;
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (row->field == &f.transfer_encoding) coded_ = !same_name(value, "identity");
    if (row->field != &f.content_length) return put(*row->field, value);
    length_ = number_of(value);
    length_ ? out_.number(f.content_length, *length_) : out_.flaw(Anomaly::malformed_payload);
  }

  Steps& steps_;
  FieldList& out_;
  std::bitset<kHeaders.size()> seen_;
  unsigned status_ = 0;
  bool coded_ = false;
  std::optional<std::uint64_t> length_;
};

}  // namespace

bool begins_http(Bytes bytes) {
  const std::string_view text = text_of(bytes.first(std::min<std::size_t>(bytes.size(), 16)));
  // All of them begin with a capital, which most of what is no HTTP does not.
  if (text.empty() || text[0] < 'A' || text[0] > 'Z') return false;
  if (agree(text, kVersion)) return true;
  return std::ranges::any_of(kMethods, [&](std::string_view method) { return agree(text, method); });
}

Taken take_http(Payload payload, StreamMemory&) {
  Cursor cursor(payload.window);
  Taken taken;
  while (cursor.left() != 0 && payload.steps.take()) {
    taken.done = cursor.at();
    const Bytes bytes = cursor.rest();
    taken.lost = !bytes.empty() && !begins_http(bytes);
    if (taken.lost || bytes.empty()) break;
    const bool cut = bytes.size() < cursor.left();
    std::size_t size = end_of_head(text_of(bytes));
    if (size == 0 && !cut) break;  // the rest of it is still to come
    if (size == 0) size = cursor.left();
    Head head(payload);
    head.list(text_of(bytes.first(std::min(size, bytes.size()))));
    const auto body = head.body();
    taken.done = cursor.at() + size + static_cast<std::size_t>(body.value_or(0));
    taken.lost = !body.has_value();
    if (taken.lost || taken.done >= payload.window.claimed) break;
    cursor.skip(taken.done - cursor.at());
  }
  return taken;
}

}  // namespace holter::wire
