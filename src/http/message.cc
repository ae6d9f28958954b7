#include "http/message.h"

#include <fmt/format.h>

#include "base/untrusted_text.h"

namespace holter::http {

std::string_view Request::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string event_text(std::string_view event, std::string_view data) {
  return fmt::format("event: {}\ndata: {}\n\n", event, data);
}

Response json_response(std::string json, int status) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(json);
  return response;
}

Response error_response(const base::Error& error) {
  return json_response(fmt::format(R"({{"error":{{"kind":"{}","message":"{}"}}}})", base::to_string(error.kind),
                                   base::UntrustedText(error.message).for_json()),
                       status_of(error.kind));
}

int status_of(base::ErrorKind kind) {
  using enum base::ErrorKind;
  switch (kind) {
    case invalid: return 400;
    case permission: return 403;
    case not_found: return 404;
    case exists:
    case busy: return 409;
    case too_large: return 413;
    case unsupported: return 501;
    case full:
    case would_block: return 503;
    case timeout: return 504;
    default: return 500;
  }
}

}  // namespace holter::http
