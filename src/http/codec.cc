#include "http/codec.h"

#include <boost/beast/core/buffers_prefix.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>

namespace holter::http {
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
namespace {

constexpr std::size_t kMaxBuffered = kMaxHeaderBytes + kKeptRequestBody;

// A body of which the first bytes are kept, as Beast wants bodies to be.
struct FirstBytes {
  using value_type = std::string;

  class reader {
   public:
    template <bool isRequest, class Fields>
    reader(bhttp::header<isRequest, Fields>& /*header*/, value_type& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>& /*length*/, boost::system::error_code& code) { code = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::system::error_code& code) {
      code = {};
      const std::size_t room = kKeptRequestBody - body_.size();
      body_ += beast::buffers_to_string(beast::buffers_prefix(room, buffers));
      return beast::buffer_bytes(buffers);
    }
    void finish(boost::system::error_code& code) { code = {}; }

   private:
    value_type& body_;
  };
};

base::Error parse_error(const boost::system::error_code& code) {
  if (code == bhttp::error::header_limit || code == bhttp::error::body_limit || code == bhttp::error::buffer_overflow) {
    return {base::ErrorKind::too_large, "the message is larger than holter takes"};
  }
  return {base::ErrorKind::invalid, "not HTTP/1.1: " + code.message()};
}

// Feeds all of `buffer` that the parser takes; needs `parser.eager(true)`.
template <class Parser>
base::Result<void> drain(Parser& parser, beast::flat_buffer& buffer) {
  boost::system::error_code code;
  while (buffer.size() > 0 && !parser.is_done()) {
    const std::size_t used = parser.put(buffer.data(), code);
    buffer.consume(used);
    if (code == bhttp::error::need_more) return {};
    if (code) return parse_error(code);
    if (used == 0) return {};
  }
  return {};
}

void append(beast::flat_buffer& buffer, base::Bytes bytes) {
  const auto space = buffer.prepare(bytes.size());
  std::copy(bytes.begin(), bytes.end(), static_cast<std::uint8_t*>(space.data()));
  buffer.commit(bytes.size());
}

bool parse_target(std::string_view target, Request& into) {
  const auto question = target.find('?');
  const auto path = percent_decode(target.substr(0, question), false);
  if (!path || path->empty() || path->front() != '/' || path->find('\0') != std::string::npos) return false;
  into.path = *path;
  std::string_view query = question == target.npos ? "" : target.substr(question + 1);
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    const auto name = percent_decode(pair.substr(0, equals), true);
    const auto value = percent_decode(equals == pair.npos ? "" : pair.substr(equals + 1), true);
    if (!name || !value) return false;
    if (!name->empty()) into.query[*name] = *value;
  }
  return true;
}

template <class Message>
std::string to_text(Message& message, bool head_only = false) {
  bhttp::serializer<Message::is_request::value, bhttp::string_body> serializer(message);
  serializer.split(head_only);
  std::string text;
  boost::system::error_code code;
  while (!serializer.is_done() && !(head_only && serializer.is_header_done())) {
    serializer.next(code, [&](boost::system::error_code& next_code, const auto& buffers) {
      next_code = {};
      text += beast::buffers_to_string(buffers);
      serializer.consume(beast::buffer_bytes(buffers));
    });
    if (code) break;
  }
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

struct RequestParser::Impl {
  Impl() : buffer(kMaxBuffered) { restart(); }
  void restart() {
    parser.emplace();
    parser->eager(true);
    parser->header_limit(kMaxHeaderBytes);
    parser->body_limit(kMaxRequestBody);
    expectation_met = false;
  }
  beast::flat_buffer buffer;
  std::optional<bhttp::request_parser<FirstBytes>> parser;
  bool expectation_met = false;
  base::Result<void> leftover;  // how the bytes behind the last whole request parsed
};

RequestParser::RequestParser() : impl_(std::make_unique<Impl>()) {}
RequestParser::~RequestParser() = default;

base::Result<void> RequestParser::feed(base::Bytes bytes) {
  if (!impl_->leftover) return impl_->leftover;
  if (impl_->buffer.size() + bytes.size() > kMaxBuffered) {
    return base::Error{base::ErrorKind::too_large, "the message is larger than holter takes"};
  }
  append(impl_->buffer, bytes);
  return drain(*impl_->parser, impl_->buffer);
}

bool RequestParser::in_message() const { return impl_->parser->got_some() || impl_->buffer.size() > 0; }

bool RequestParser::take_expectation() {
  const bool waits = impl_->parser->is_header_done() && !impl_->parser->is_done() && !impl_->expectation_met &&
                     beast::iequals(impl_->parser->get()[bhttp::field::expect], "100-continue");
  impl_->expectation_met = impl_->expectation_met || waits;
  return waits;
}

base::Result<void> RequestParser::ok() const { return impl_->leftover; }

std::optional<Request> RequestParser::take() {
  if (!impl_->parser->is_done()) return std::nullopt;
  auto message = impl_->parser->release();
  impl_->restart();
  impl_->leftover = drain(*impl_->parser, impl_->buffer);
  Request request;
  request.method = std::string(message.method_string());
  request.keep_alive = message.keep_alive();
  request.body = std::move(message.body());
  bool understood = parse_target(message.target(), request);
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    const bool first = request.headers.insert_or_assign(name, std::string(field.value())).second;
    if (!first && name == "host") understood = false;  // RFC 9112, section 3.2: whose would it be?
  }
  if (!understood) request.path.clear();
  return request;
}

std::string serialize(const Response& response, bool keep_alive) {
  bhttp::response<bhttp::string_body> message(static_cast<bhttp::status>(response.status), 11);
  message.set(bhttp::field::content_type, response.content_type);
  message.set("X-Content-Type-Options", "nosniff");
  message.set("Referrer-Policy", "no-referrer");
  message.set("X-Frame-Options", "DENY");
  message.set("Cache-Control", "no-store");
  for (const auto& [name, value] : response.headers) message.set(name, value);
  message.body() = response.body;
  message.keep_alive(keep_alive);
  message.prepare_payload();
  return to_text(message, response.head_only);
}

std::string stream_head(const std::string& content_type) {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + content_type +
         "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";
}

std::string serialize_request(const std::string& method, const std::string& path) {
  bhttp::request<bhttp::string_body> message(bhttp::string_to_verb(method), path, 11);
  message.set(bhttp::field::host, "localhost");
  message.keep_alive(false);
  return to_text(message);
}

struct ResponseParser::Impl {
  explicit Impl(std::size_t max_body_bytes) {
    parser.eager(true);
    parser.header_limit(kMaxHeaderBytes);
    parser.body_limit(max_body_bytes);
  }
  beast::flat_buffer buffer;
  bhttp::response_parser<bhttp::string_body> parser;
};

ResponseParser::ResponseParser(std::size_t max_body_bytes) : impl_(std::make_unique<Impl>(max_body_bytes)) {}
ResponseParser::~ResponseParser() = default;

base::Result<void> ResponseParser::feed(base::Bytes bytes) {
  append(impl_->buffer, bytes);
  return drain(impl_->parser, impl_->buffer);
}

void ResponseParser::end_of_stream() {
  if (!impl_->parser.got_some()) return;  // nothing can end before it began
  boost::system::error_code ignored;
  impl_->parser.put_eof(ignored);
}

bool ResponseParser::is_done() const { return impl_->parser.is_done(); }

int ResponseParser::status() const {
  return impl_->parser.is_header_done() ? static_cast<int>(impl_->parser.get().result_int()) : 0;
}

std::string ResponseParser::take_body() {
  if (!impl_->parser.is_header_done()) return "";
  impl_->parser.body_limit(boost::none);
  return std::exchange(impl_->parser.get().body(), {});
}

Response ResponseParser::take() {
  auto message = impl_->parser.release();
  Response response;
  response.status = static_cast<int>(message.result_int());
  response.content_type = std::string(message[bhttp::field::content_type]);
  response.body = std::move(message.body());
  for (const auto& field : message) {
    response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  return response;
}

std::string_view reason_phrase(int status) {
  const auto known = bhttp::int_to_status(static_cast<unsigned>(status));
  return known == bhttp::status::unknown ? std::string_view() : std::string_view(bhttp::obsolete_reason(known));
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

}  // namespace holter::http
