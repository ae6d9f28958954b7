// What TLS says before it is encrypted, field by field. Constants; any thread.
#pragma once

#include "wire/field.h"

namespace holter::wire {

struct TlsFields {
  FieldInfo record{"record", FieldType::group, "a record", Occurs::often};
  FieldInfo record_type{"record.type", FieldType::number, "20 change cipher, 21 alert, 22 handshake, 23 data"};
  FieldInfo record_version{"record.version", FieldType::number, "as the record says: 769 to 771, TLS 1.3 too"};
  FieldInfo record_length{"record.length", FieldType::number, "bytes behind the record's header"};
  FieldInfo alert_level{"record.alert_level", FieldType::number, "1 warning, 2 fatal"};
  FieldInfo alert_description{"record.alert_description", FieldType::number, "0 close notify, 40 handshake failure"};
  FieldInfo handshake{"record.handshake", FieldType::group, "a message of the handshake", Occurs::often};
  FieldInfo handshake_type{"record.handshake.type", FieldType::number, "1 ClientHello, 2 ServerHello, 11 Certificate"};
  FieldInfo handshake_length{"record.handshake.length", FieldType::number, "bytes behind the message's header"};

  FieldInfo hello_version{"hello_version", FieldType::number, "as the hello's first field says; 771 also for TLS 1.3"};
  FieldInfo random{"random", FieldType::bytes, "32 bytes"};
  FieldInfo session_id_length{"session_id_length", FieldType::number, "bytes"};
  FieldInfo session_id{"session_id", FieldType::bytes, "of the session to go on with"};
  FieldInfo cipher_suite{"cipher_suite", FieldType::number, "offered, or the chosen one", Occurs::often};
  FieldInfo compression{"compression", FieldType::number, "0 is none", Occurs::often};
  FieldInfo extension{"extension", FieldType::number, "types in their order", Occurs::often};
  FieldInfo sni{"sni", FieldType::text, "the name of the server that is wanted"};
  FieldInfo alpn{"alpn", FieldType::text, "protocols offered, or the chosen one", Occurs::often};
  FieldInfo supported_version{"supported_version", FieldType::number, "offered, or the chosen one", Occurs::often};
  FieldInfo supported_group{"supported_group", FieldType::number, "for the key exchange", Occurs::often};
  FieldInfo point_format{"point_format", FieldType::number, "of elliptic curves", Occurs::often};
  FieldInfo signature_algorithm{"signature_algorithm", FieldType::number, "that will do", Occurs::often};
  FieldInfo key_share_group{"key_share_group", FieldType::number, "of a key that is given", Occurs::often};
  FieldInfo ja3{"ja3", FieldType::text, "MD5 of ja3_string"};
  FieldInfo ja3_string{"ja3_string", FieldType::text, "what a ClientHello offers, without GREASE"};
  FieldInfo ja3s{"ja3s", FieldType::text, "MD5 of ja3s_string"};
  FieldInfo ja3s_string{"ja3s_string", FieldType::text, "what a ServerHello chose"};
  FieldInfo ja4{"ja4", FieldType::text, "fingerprint of a ClientHello"};
};
inline constexpr TlsFields kTlsFields;

}  // namespace holter::wire
