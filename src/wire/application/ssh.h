// The line that both ends of SSH begin with (RFC 4253, 4.2). What follows is not read.
#pragma once

#include "wire/application/message.h"
#include "wire/application/payload.h"

namespace holter::wire {

struct SshFields {
  FieldInfo banner{"banner", FieldType::text, "protocol version and software, such as SSH-2.0-OpenSSH_9.2"};
};
inline constexpr SshFields kSshFields;

bool begins_ssh(Bytes bytes);
Taken take_ssh(Payload payload, StreamMemory& memory);

}  // namespace holter::wire
