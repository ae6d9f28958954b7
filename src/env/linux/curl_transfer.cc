#include "env/linux/curl_transfer.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "env/linux/connect_error.h"
#include "env/linux/os_error.h"
#include "env/linux/socket_address.h"

namespace holter::env_linux {
namespace {

constexpr long kNoOwnTimeoutMs = 24L * 60 * 60 * 1'000;  // of connecting: the request's deadline holds
constexpr long kNameSeconds = 2;  // libcurl counts whole ones, and one may end between giving an entry and its use
constexpr long kReceiveBufferBytes = 16L * 1024;

using env::HttpPhase;

base::Duration since(CURL* easy, CURLINFO timer) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, timer, &microseconds);
  return base::Duration::microseconds(microseconds);
}

// "+host:port:address,address", as CURLOPT_RESOLVE wants it; the sign says that libcurl forgets it in time.
std::string resolve_entry(const base::HttpUrl& url, const std::vector<base::IpAddress>& addresses) {
  std::string entry = '+' + url.at.host + ':' + std::to_string(url.at.port) + ':';
  for (std::size_t i = 0; i < addresses.size() && i < env::kMaxHttpAddresses; ++i) {
    const std::string text = base::to_string(addresses[i]);
    entry.append(i == 0 ? "" : ",").append(addresses[i].is_v4() ? text : '[' + text + ']');
  }
  return entry;
}

bool is_tls_failure(CURLcode code) {
  constexpr CURLcode kCodes[] = {CURLE_SSL_CONNECT_ERROR,
                                 CURLE_SSL_ENGINE_NOTFOUND,
                                 CURLE_SSL_ENGINE_SETFAILED,
                                 CURLE_SSL_CERTPROBLEM,
                                 CURLE_SSL_CIPHER,
                                 CURLE_PEER_FAILED_VERIFICATION,
                                 CURLE_SSL_CACERT_BADFILE,
                                 CURLE_SSL_SHUTDOWN_FAILED,
                                 CURLE_SSL_CRL_BADFILE,
                                 CURLE_SSL_ISSUER_ERROR,
                                 CURLE_SSL_INVALIDCERTSTATUS,
                                 CURLE_SSL_PINNEDPUBKEYNOTMATCH,
                                 CURLE_USE_SSL_FAILED};
  return std::ranges::find(kCodes, code) != std::end(kCodes);
}

base::ErrorKind kind_of(CURLcode code) {
  if (is_tls_failure(code)) return base::ErrorKind::corrupt;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return base::ErrorKind::not_found;
    case CURLE_COULDNT_CONNECT: return base::ErrorKind::unreachable;
    case CURLE_OPERATION_TIMEDOUT: return base::ErrorKind::timeout;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return base::ErrorKind::closed;
    case CURLE_OUT_OF_MEMORY: return base::ErrorKind::full;
    default: return base::ErrorKind::corrupt;
  }
}

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

CurlTransfer::CurlTransfer(std::shared_ptr<CurlMulti> multi, const boost::asio::any_io_executor& executor,
                           const CurlRoute& route, const env::HttpRequest& request, TlsGround ground)
    : multi_(std::move(multi)),
      ended_(executor),
      easy_(curl_easy_init()),
      route_(route),
      request_(request),
      witness_(route.url.at.host, request.trust.verify, std::move(ground)) {}

CurlTransfer::~CurlTransfer() {
  if (easy_ == nullptr) return;
  multi_->remove(easy_, *this);
  curl_easy_cleanup(easy_);
  curl_slist_free_all(resolved_);
  curl_slist_free_all(headers_);
}

bool CurlTransfer::start() {
  started_ = multi_->now();
  return easy_ != nullptr && set_habits() && set_request() && set_headers() && set_way() && set_callbacks() &&
         multi_->add(easy_, *this);
}

// What holds for every request.
bool CurlTransfer::set_habits() {
  const auto left = std::clamp<std::int64_t>((request_.deadline - started_).in_milliseconds(), 1, kNoOwnTimeoutMs);
  return set(CURLOPT_TIMEOUT_MS, static_cast<long>(left)) && set(CURLOPT_PROTOCOLS_STR, "http,https") &&
         set(CURLOPT_USERAGENT, "holter") && set(CURLOPT_NOSIGNAL, 1L) && set(CURLOPT_FOLLOWLOCATION, 0L) &&
         set(CURLOPT_FRESH_CONNECT, 1L) && set(CURLOPT_FORBID_REUSE, 1L) &&
         set(CURLOPT_SSL_SESSIONID_CACHE, 0L) &&  // else the second handshake would be shorter than the first
         set(CURLOPT_CONNECTTIMEOUT_MS, kNoOwnTimeoutMs) && set(CURLOPT_BUFFERSIZE, kReceiveBufferBytes) &&
         set(CURLOPT_CAINFO, static_cast<char*>(nullptr)) &&  // the store is given in on_tls_begin
         set(CURLOPT_CAPATH, static_cast<char*>(nullptr)) && set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
         set(CURLOPT_HTTP09_ALLOWED, 0L) && set(CURLOPT_HTTP_CONTENT_DECODING, 0L) &&
         set(CURLOPT_HTTP_TRANSFER_DECODING, 1L);
}

bool CurlTransfer::set_request() {
  long version = CURL_HTTP_VERSION_2TLS;
  if (request_.version == env::HttpVersion::http1) version = CURL_HTTP_VERSION_1_1;
  if (request_.version == env::HttpVersion::http2 && !route_.url.secure) {
    version = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
  }
  bool good = set(CURLOPT_URL, base::to_string(route_.url).c_str()) && set(CURLOPT_HTTP_VERSION, version);
  if (!request_.trust.verify) good = good && set(CURLOPT_SSL_VERIFYPEER, 0L) && set(CURLOPT_SSL_VERIFYHOST, 0L);
  if (request_.body) {
    good = good && set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body->size())) &&
           set(CURLOPT_POSTFIELDS, request_.body->c_str());
  }
  if (request_.method == "HEAD") return good && set(CURLOPT_NOBODY, 1L);
  if (request_.method == "GET" && !request_.body) return good;
  return good && set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

bool CurlTransfer::set_headers() {
  std::vector<std::string> lines;
  // Without these libcurl would say that the body is a form, and ask first whether a long one is welcome.
  if (request_.body) lines = {"Content-Type:", "Expect:"};
  for (const auto& [name, value] : request_.headers) {
    if (name == "Content-Type") std::erase(lines, "Content-Type:");
    lines.push_back(value.empty() ? name + ';' : name + ": " + value);
  }
  for (const auto& line : lines) {
    curl_slist* const longer = curl_slist_append(headers_, line.c_str());
    if (longer == nullptr) return false;
    headers_ = longer;
  }
  return headers_ == nullptr || set(CURLOPT_HTTPHEADER, headers_);
}

bool CurlTransfer::set_way() {
  if (!request_.unix_socket.empty()) {
    return set(CURLOPT_PROXY, "") && set(CURLOPT_UNIX_SOCKET_PATH, request_.unix_socket.c_str());
  }
  const base::HttpUrl& hop = route_.next_hop();
  bool good = set(CURLOPT_PROXY, route_.proxy ? base::to_string(hop).c_str() : "");  // not even from the environment
  if (route_.proxy_user) {
    good = good && set(CURLOPT_PROXYUSERNAME, route_.proxy_user->name.c_str()) &&
           set(CURLOPT_PROXYPASSWORD, route_.proxy_user->password.c_str());
  }
  // Without an entry libcurl would ask for a name itself, on a thread.
  const bool is_name = hop.at.host.find(':') == std::string::npos && !base::IpAddress::parse(hop.at.host);
  // Each transfer walks over all that libcurl remembers of earlier ones.
  good = good && set(CURLOPT_DNS_CACHE_TIMEOUT, is_name ? kNameSeconds : 0L);
  if (!is_name) return good;
  resolved_ = curl_slist_append(nullptr, resolve_entry(hop, route_.addresses).c_str());
  return good && resolved_ != nullptr && set(CURLOPT_RESOLVE, resolved_);
}

bool CurlTransfer::set_callbacks() {
  void* const self = this;
  bool good = set(CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::on_open) && set(CURLOPT_OPENSOCKETDATA, self) &&
              set(CURLOPT_CLOSESOCKETFUNCTION, &CurlTransfer::on_close) &&
              set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(multi_.get())) &&
              set(CURLOPT_PREREQFUNCTION, &CurlTransfer::on_connected) && set(CURLOPT_PREREQDATA, self) &&
              set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header) && set(CURLOPT_HEADERDATA, self) &&
              set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body) && set(CURLOPT_WRITEDATA, self) &&
              set(CURLOPT_ERRORBUFFER, words_.data());
  if (!route_.url.secure) return good;
  return good && set(CURLOPT_SSL_CTX_FUNCTION, &CurlTransfer::on_tls_begin) && set(CURLOPT_SSL_CTX_DATA, self);
}

// Whatever libcurl has found out by itself: what was not asked for is no place to go, since no policy has seen it.
bool CurlTransfer::may_connect_to(const curl_sockaddr& address) const {
  if (address.family == AF_UNIX) return !request_.unix_socket.empty();
  sockaddr_storage copy{};
  std::memcpy(&copy, &address.addr, std::min<std::size_t>(address.addrlen, sizeof copy));
  const auto to = endpoint_of(copy);
  return to && std::ranges::any_of(route_.addresses, [&to](const base::IpAddress& asked) {
           return std::ranges::equal(asked.bytes(), to->address.bytes());
         });
}

curl_socket_t CurlTransfer::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  if (!transfer->may_connect_to(*address)) {
    transfer->not_opened_ = base::Error{base::ErrorKind::timeout, "what was known of the name is too old to connect"};
    return CURL_SOCKET_BAD;
  }
  auto opened = transfer->multi_->open_socket(*address, transfer->request_.egress, *transfer);
  if (opened) return *opened;
  transfer->not_opened_ = opened.error();
  return CURL_SOCKET_BAD;
}

// May come after the transfer: of it only the multi handle is known.
int CurlTransfer::on_close(void* multi, curl_socket_t fd) { return static_cast<CurlMulti*>(multi)->close_socket(fd); }

// TCP stands, and the handshake is about to begin.
CURLcode CurlTransfer::on_tls_begin(CURL*, void* context, void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  transfer->tls_began_ = transfer->multi_->now();
  return transfer->witness_.join(static_cast<SSL_CTX*>(context)) ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

// The connection stands, with TLS where there is any; the request is about to be sent.
int CurlTransfer::on_connected(void* self, char*, char*, int, int) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  curl_socket_t fd = CURL_SOCKET_BAD;
  curl_easy_getinfo(transfer->easy_, CURLINFO_ACTIVESOCKET, &fd);
  for (const auto family : {base::IpAddress::Family::v4, base::IpAddress::Family::v6}) {
    if (fd != CURL_SOCKET_BAD) set_icmp_errors(fd, family, IcmpErrors::ignored);
  }
  curl_tlssessioninfo* session = nullptr;
  if (transfer->route_.url.secure) curl_easy_getinfo(transfer->easy_, CURLINFO_TLS_SSL_PTR, &session);
  if (session != nullptr && session->backend == CURLSSLBACKEND_OPENSSL && session->internals != nullptr) {
    transfer->witness_.see(static_cast<SSL*>(session->internals));
  }
  return CURL_PREREQFUNC_OK;
}

std::size_t CurlTransfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  transfer->header_bytes_ += size * count;
  const bool too_many = transfer->answer_.headers.size() >= env::kMaxHttpHeaders;
  if (transfer->header_bytes_ > env::kMaxHttpHeaderBytes || too_many) {
    transfer->too_large_ = "the header is larger than 64 KiB or has more than 256 fields";
    return 0;
  }
  transfer->take_header(std::string_view(bytes, size * count));
  return transfer->malformed_ ? 0 : size * count;
}

void CurlTransfer::take_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {  // after an interim answer (1xx) another one begins
    length_.reset();
    return answer_.headers.clear();
  }
  const auto colon = line.find(':');
  if (colon == line.npos) return;
  const std::string_view name = trimmed(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  answer_.headers.emplace_back(base::UntrustedText(name), base::UntrustedText(value));
  if (curl_strequal(std::string(name).c_str(), "content-length") != 0) take_length(value);
}

// libcurl reads to the end of the connection where the number is too large, and takes the last of several; both leave
// open where the answer ends (RFC 9110, section 8.6).
void CurlTransfer::take_length(std::string_view value) {
  curl_off_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error == std::errc::result_out_of_range) {
    malformed_ = "the header Content-Length is larger than any length";
  } else if (length_ && *length_ != length) {
    malformed_ = "two headers Content-Length tell different lengths";
  }
  length_ = length;
}

std::size_t CurlTransfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  const std::size_t length = size * count;
  transfer->answer_.body_bytes += length;
  const env::HttpRequest& request = transfer->request_;
  if (transfer->answer_.body_bytes > request.max_body_bytes) {
    transfer->too_large_ = "the body is larger than " + std::to_string(request.max_body_bytes) + " bytes";
    return 0;
  }
  const std::size_t kept = std::min(request.keep_body_bytes, request.max_body_bytes);
  transfer->body_.append(bytes, std::min(length, kept - transfer->body_.size()));
  return length;
}

void CurlTransfer::ended(CURLcode code) {
  code_ = code;
  ended_.notify();
}

// libcurl counts from the start of the transfer, each timer to the end of its phase; 0 is "not reached".
void CurlTransfer::read_times(env::HttpExchange& exchange) {
  const base::Duration none;
  const auto looked_up = since(easy_, CURLINFO_NAMELOOKUP_TIME_T);
  const auto connected = since(easy_, CURLINFO_CONNECT_TIME_T);
  const auto secured = route_.url.secure ? since(easy_, CURLINFO_APPCONNECT_TIME_T) : connected;
  const auto answered = since(easy_, CURLINFO_STARTTRANSFER_TIME_T);
  exchange.phase = HttpPhase::connect;
  if (connected == none && tls_began_) {  // of a handshake that failed libcurl tells no times
    exchange.time(HttpPhase::connect) = *tls_began_ - started_;
    exchange.phase = HttpPhase::tls;
  }
  if (connected == none) return;
  exchange.time(HttpPhase::connect) = connected - looked_up;
  exchange.phase = HttpPhase::tls;
  if (secured == none) return;
  if (route_.url.secure) exchange.time(HttpPhase::tls) = secured - connected;
  exchange.phase = HttpPhase::first_byte;
  if (answered == none) return;
  // Not from libcurl's "pretransfer": it is read behind the sending, and an answer may be there by then.
  exchange.time(HttpPhase::first_byte) = answered - secured;
  exchange.phase = HttpPhase::transfer;
  if (code_ == CURLE_OK) exchange.time(HttpPhase::transfer) = since(easy_, CURLINFO_TOTAL_TIME_T) - answered;
}

base::Error CurlTransfer::failure(HttpPhase phase) const {
  if (too_large_) return {base::ErrorKind::too_large, *too_large_};
  if (malformed_) return {base::ErrorKind::corrupt, *malformed_};
  if (phase == HttpPhase::connect && icmp_) return *icmp_;
  if (phase == HttpPhase::connect && not_opened_) return *not_opened_;
  const bool answering = phase == HttpPhase::first_byte || phase == HttpPhase::transfer;
  if (*code_ == CURLE_OUT_OF_MEMORY && answering) {  // its word for it
    return {base::ErrorKind::too_large, "a line of the header is longer than 100 KiB"};
  }
  long code = 0;
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &code);
  if (*code_ == CURLE_COULDNT_CONNECT && code != 0) return os_error("cannot connect", static_cast<int>(code));
  const std::string_view words = words_[0] != '\0' ? words_.data() : curl_easy_strerror(*code_);
  return {kind_of(*code_), base::UntrustedText(trimmed(words)).for_terminal()};
}

void CurlTransfer::conclude(env::HttpExchange& exchange) {
  read_times(exchange);
  const char* address = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_PRIMARY_IP, &address);
  if (address != nullptr) {
    if (const auto parsed = base::IpAddress::parse(address)) exchange.address = *parsed;
  }
  long status = 0;
  long version = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_, CURLINFO_HTTP_VERSION, &version);
  exchange.answer = std::move(answer_);
  exchange.answer.status = static_cast<int>(status);
  exchange.answer.body = base::UntrustedText(body_, request_.max_body_bytes);
  exchange.answer.tls = witness_.facts();
  if (version == CURL_HTTP_VERSION_1_0) exchange.answer.version = "HTTP/1.0";
  if (version == CURL_HTTP_VERSION_1_1) exchange.answer.version = "HTTP/1.1";
  if (version == CURL_HTTP_VERSION_2_0) exchange.answer.version = "HTTP/2";
  if (code_ && *code_ != CURLE_OK) exchange.failure = failure(exchange.phase);
}

}  // namespace holter::env_linux
