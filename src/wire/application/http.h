// HTTP/1 heads (RFC 9112): the request or status line and the header fields that tell what it is about, each the first
// time it occurs; cookies and credentials are not listed. Bodies are passed over: by their length when the head has it,
// else until a segment begins with a head. Over UDP the same heads are SSDP. A head is at most as long as what is kept
// of a stream.
#pragma once

#include "wire/application/message.h"
#include "wire/application/payload.h"

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

inline constexpr std::uint16_t kSsdpPort = 1900;

// Whether bytes begin with a request or status line, as far as they go; a method has to be a known one.
bool begins_http(Bytes bytes);

Taken take_http(Payload payload, StreamMemory& memory);

}  // namespace holter::wire
