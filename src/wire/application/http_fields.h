// What the head of an HTTP/1 message says, field by field. Constants; any thread.
#pragma once

#include "wire/field.h"

namespace holter::wire {

struct HttpFields {
  FieldInfo method{"method", FieldType::text, "of a request"};
  FieldInfo uri{"uri", FieldType::text, "as the request line has it"};
  FieldInfo version{"version", FieldType::text, "HTTP/1.1 and such"};
  FieldInfo status{"status", FieldType::number, "of a response"};
  FieldInfo reason{"reason", FieldType::text, "the status in words"};
  FieldInfo host{"host", FieldType::text, "who is asked"};
  FieldInfo user_agent{"user_agent", FieldType::text, "who asks, by its own account"};
  FieldInfo referer{"referer", FieldType::text, "the page that led here"};
  FieldInfo accept{"accept", FieldType::text, "media types that will do"};
  FieldInfo accept_language{"accept_language", FieldType::text, "languages that will do"};
  FieldInfo accept_encoding{"accept_encoding", FieldType::text, "encodings that will do"};
  FieldInfo connection{"connection", FieldType::text, "keep-alive, close, Upgrade"};
  FieldInfo upgrade{"upgrade", FieldType::text, "the protocol to go on with"};
  FieldInfo forwarded_for{"forwarded_for", FieldType::text, "X-Forwarded-For: whom a proxy asks for"};
  FieldInfo server{"server", FieldType::text, "who answers, by its own account"};
  FieldInfo date{"date", FieldType::text, "of the answer"};
  FieldInfo last_modified{"last_modified", FieldType::text, "of what is answered"};
  FieldInfo location{"location", FieldType::text, "where to look instead"};
  FieldInfo cache_control{"cache_control", FieldType::text, "how long it may be kept"};
  FieldInfo content_type{"content_type", FieldType::text, "media type of the body"};
  FieldInfo content_encoding{"content_encoding", FieldType::text, "how the body is packed"};
  FieldInfo content_length{"content_length", FieldType::number, "bytes of the body, as announced"};
  FieldInfo transfer_encoding{"transfer_encoding", FieldType::text, "chunked"};
};
inline constexpr HttpFields kHttpFields;

}  // namespace holter::wire
