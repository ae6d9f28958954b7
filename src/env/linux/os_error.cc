#include "env/linux/os_error.h"

#include <cerrno>
#include <string>
#include <system_error>

namespace holter::env_linux {

base::ErrorKind kind_of_errno(int code) {
  using base::ErrorKind;
  switch (code) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ENOTDIR:
    case EADDRNOTAVAIL: return ErrorKind::not_found;
    case EEXIST: return ErrorKind::exists;
    case EACCES:
    case EPERM:
    case EROFS: return ErrorKind::permission;
    case EADDRINUSE:
    case EBUSY:
    case ETXTBSY: return ErrorKind::busy;
    case ETIMEDOUT: return ErrorKind::timeout;
    case ECONNREFUSED:
    case ENOPROTOOPT: return ErrorKind::refused;  // as an ICMP error ENOPROTOOPT is "protocol unreachable"
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case ENONET: return ErrorKind::unreachable;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case ENOTCONN:
    case ECANCELED:
    case EBADF: return ErrorKind::closed;
    case EAGAIN: return ErrorKind::would_block;
    case EMSGSIZE:
    case EFBIG:
    case E2BIG:
    case ENAMETOOLONG: return ErrorKind::too_large;
    case ENOSPC:
    case EDQUOT:
    case ENOMEM:
    case ENOBUFS:
    case EMFILE:
    case ENFILE: return ErrorKind::full;
    case EINVAL:
    case EISDIR:
    case ELOOP: return ErrorKind::invalid;
    case EOPNOTSUPP:
    case EAFNOSUPPORT:
    case EPROTONOSUPPORT:
    case ENOSYS: return ErrorKind::unsupported;
    default: return ErrorKind::io;
  }
}

base::Error os_error(std::string_view what, int code) {
  return {kind_of_errno(code), std::string(what) + ": " + std::generic_category().message(code)};
}

}  // namespace holter::env_linux
