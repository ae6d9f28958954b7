#include "env/linux/curl_transfer.h"

#include <openssl/asn1.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>

#include "env/linux/connect_error.h"
#include "env/linux/os_error.h"

namespace holter::env_linux {
namespace {

constexpr long kNoOwnTimeoutMs = 24L * 60 * 60 * 1'000;  // the deadline is the caller's
constexpr long kReceiveBufferBytes = 16L * 1024;

using env::HttpPhase;

base::Duration since(CURL* easy, CURLINFO timer) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, timer, &microseconds);
  return base::Duration::microseconds(microseconds);
}

// "host:port:address,address", as CURLOPT_RESOLVE wants it.
std::string resolve_entry(const base::HttpUrl& url, const std::vector<base::IpAddress>& addresses) {
  std::string entry = url.at.host + ':' + std::to_string(url.at.port) + ':';
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
                           const env::HttpRequest& request, TrustStore trusted)
    : multi_(std::move(multi)),
      ended_(executor),
      easy_(curl_easy_init()),
      trusted_(std::move(trusted)),
      max_body_(request.max_body_bytes),
      keep_body_(std::min(request.keep_body_bytes, request.max_body_bytes)) {}

CurlTransfer::~CurlTransfer() {
  if (easy_ == nullptr) return;
  multi_->remove(easy_, *this);
  curl_easy_cleanup(easy_);
  curl_slist_free_all(resolved_);
  curl_slist_free_all(headers_);
}

bool CurlTransfer::start(const base::HttpUrl& url, const std::vector<base::IpAddress>& addresses) {
  secure_ = url.secure;
  started_ = multi_->now();
  return easy_ != nullptr && set_request(url, addresses) && set_callbacks() && multi_->add(easy_, *this);
}

bool CurlTransfer::set_content(const env::HttpContent& content) {
  if (easy_ == nullptr) return false;
  // Without the last one libcurl would ask first whether a long body is welcome, and wait for the answer.
  std::vector<std::string> lines{"Content-Type: " + content.type, "Expect:"};
  for (const auto& [name, value] : content.headers) lines.push_back(name + ": " + value);
  for (const auto& line : lines) {
    curl_slist* const longer = curl_slist_append(headers_, line.c_str());
    if (longer == nullptr) return false;
    headers_ = longer;
  }
  const auto size = static_cast<curl_off_t>(content.body.size());
  return curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_) == CURLE_OK &&
         curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, size) == CURLE_OK &&
         curl_easy_setopt(easy_, CURLOPT_COPYPOSTFIELDS, content.body.c_str()) == CURLE_OK;
}

bool CurlTransfer::set_request(const base::HttpUrl& url, const std::vector<base::IpAddress>& addresses) {
  bool good = true;
  const auto set = [this, &good](CURLoption option, auto value) {
    good = good && curl_easy_setopt(easy_, option, value) == CURLE_OK;
  };
  const std::string text = base::to_string(url);
  set(CURLOPT_URL, text.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_USERAGENT, "holter");
  set(CURLOPT_PROXY, "");  // not even from the environment
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_SSL_SESSIONID_CACHE, 0L);  // else the second handshake would be shorter than the first
  set(CURLOPT_CONNECTTIMEOUT_MS, kNoOwnTimeoutMs);
  set(CURLOPT_BUFFERSIZE, kReceiveBufferBytes);
  set(CURLOPT_CAINFO, static_cast<char*>(nullptr));  // the store is given in on_tls_begin
  set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // Without an entry libcurl would ask for the name itself, on a thread.
  if (!base::IpAddress::parse(url.at.host)) {
    resolved_ = curl_slist_append(nullptr, resolve_entry(url, addresses).c_str());
    set(CURLOPT_RESOLVE, resolved_);
    good = good && resolved_ != nullptr;
  }
  return good;
}

bool CurlTransfer::set_callbacks() {
  bool good = true;
  const auto set = [this, &good](CURLoption option, auto value) {
    good = good && curl_easy_setopt(easy_, option, value) == CURLE_OK;
  };
  set(CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::on_open);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_CLOSESOCKETFUNCTION, &CurlTransfer::on_close);
  set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(multi_.get()));
  set(CURLOPT_SSL_CTX_FUNCTION, &CurlTransfer::on_tls_begin);
  set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, &CurlTransfer::on_connected);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_ERRORBUFFER, words_.data());
  return good;
}

curl_socket_t CurlTransfer::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  return transfer->multi_->open_socket(*address, *transfer);
}

// May come after the transfer: of it only the multi handle is known.
int CurlTransfer::on_close(void* multi, curl_socket_t fd) { return static_cast<CurlMulti*>(multi)->close_socket(fd); }

// TCP stands, and the handshake is about to begin.
CURLcode CurlTransfer::on_tls_begin(CURL*, void* context, void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  transfer->tls_began_ = transfer->multi_->now();
  SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(context), transfer->trusted_.get());
  return CURLE_OK;
}

// The connection stands, with TLS where there is any; the request is about to be sent.
int CurlTransfer::on_connected(void* self, char*, char*, int, int) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  curl_socket_t fd = CURL_SOCKET_BAD;
  curl_easy_getinfo(transfer->easy_, CURLINFO_ACTIVESOCKET, &fd);
  for (const auto family : {base::IpAddress::Family::v4, base::IpAddress::Family::v6}) {
    if (fd != CURL_SOCKET_BAD) set_icmp_errors(fd, family, IcmpErrors::ignored);
  }
  if (transfer->secure_) transfer->take_tls();
  return CURL_PREREQFUNC_OK;
}

void CurlTransfer::take_tls() {
  curl_tlssessioninfo* session = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_TLS_SSL_PTR, &session);
  if (session == nullptr || session->backend != CURLSSLBACKEND_OPENSSL || session->internals == nullptr) return;
  const auto* const ssl = static_cast<const SSL*>(session->internals);
  env::TlsFacts facts{SSL_get_version(ssl), SSL_get_cipher_name(ssl), std::nullopt};
  const X509* const certificate = SSL_get0_peer_certificate(ssl);
  std::tm ends{};
  if (certificate != nullptr && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &ends) == 1) {
    const auto seconds = base::Duration::seconds(timegm(&ends));
    facts.certificate_ends = base::WallTime::from_nanoseconds(seconds.in_nanoseconds());
  }
  answer_.tls = std::move(facts);
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
  return size * count;
}

void CurlTransfer::take_header(std::string_view line) {
  if (line.starts_with("HTTP/")) return answer_.headers.clear();  // after an interim answer (1xx) another one begins
  const auto colon = line.find(':');
  if (colon == line.npos) return;
  answer_.headers.emplace_back(base::UntrustedText(trimmed(line.substr(0, colon))),
                               base::UntrustedText(trimmed(line.substr(colon + 1))));
}

std::size_t CurlTransfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  const std::size_t length = size * count;
  transfer->answer_.body_bytes += length;
  if (transfer->answer_.body_bytes > transfer->max_body_) {
    transfer->too_large_ = "the body is larger than " + std::to_string(transfer->max_body_) + " bytes";
    return 0;
  }
  transfer->body_.append(bytes, std::min(length, transfer->keep_body_ - transfer->body_.size()));
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
  const auto secured = secure_ ? since(easy_, CURLINFO_APPCONNECT_TIME_T) : connected;
  const auto asked = since(easy_, CURLINFO_PRETRANSFER_TIME_T);
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
  if (secure_) exchange.time(HttpPhase::tls) = secured - connected;
  exchange.phase = HttpPhase::first_byte;
  if (answered == none || asked == none) return;
  exchange.time(HttpPhase::first_byte) = answered - asked;
  exchange.phase = HttpPhase::transfer;
  if (code_ == CURLE_OK) exchange.time(HttpPhase::transfer) = since(easy_, CURLINFO_TOTAL_TIME_T) - answered;
}

base::Error CurlTransfer::failure(HttpPhase phase) const {
  if (too_large_) return {base::ErrorKind::too_large, *too_large_};
  if (phase == HttpPhase::connect && icmp_) return *icmp_;
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
  exchange.answer.body = base::UntrustedText(body_);
  if (version == CURL_HTTP_VERSION_1_0) exchange.answer.version = "HTTP/1.0";
  if (version == CURL_HTTP_VERSION_1_1) exchange.answer.version = "HTTP/1.1";
  if (version == CURL_HTTP_VERSION_2_0) exchange.answer.version = "HTTP/2";
  if (code_ && *code_ != CURLE_OK) exchange.failure = failure(exchange.phase);
}

}  // namespace holter::env_linux
