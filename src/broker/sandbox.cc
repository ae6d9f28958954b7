#include "broker/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace holter::broker {
namespace {

constexpr unsigned kNobody = 65534;
constexpr int kLastPossibleCapability = 63;
constexpr unsigned kSocketType = SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC;

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr unsigned kArchitecture = AUDIT_ARCH_RISCV64;
#else
#error "name the seccomp architecture of this processor here"
#endif

// Started by root there is no need to stay root. In a user namespace that does not know uid 65534 (`unshare -Ur`) the
// kernel answers EINVAL: uid 0 is an ordinary user outside it, so staying is harmless.
int leave_root() {
  if (::geteuid() != 0) return 0;
  if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return errno;
  if (::setresgid(kNobody, kNobody, kNobody) != 0) return errno == EINVAL ? 0 : errno;
  if (::setgroups(0, nullptr) != 0) return errno;
  return ::setresuid(kNobody, kNobody, kNobody) == 0 || errno == EINVAL ? 0 : errno;
}

constexpr sock_filter load(size_t offset) { return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<unsigned>(offset)}; }
// The low half of an argument (little-endian machines only, as are the three above).
constexpr sock_filter load_argument(size_t n) { return load(offsetof(seccomp_data, args) + 8 * n); }
constexpr sock_filter skip_unless_equal(unsigned value, unsigned char skip) {
  return {BPF_JMP | BPF_JEQ | BPF_K, 0, skip, value};
}
constexpr sock_filter end(unsigned action) { return {BPF_RET | BPF_K, 0, 0, action}; }

int limit_system_calls() {
  sock_filter rules[] = {
      load(offsetof(seccomp_data, arch)),
      skip_unless_equal(kArchitecture, 17),  // to the last rule
      load(offsetof(seccomp_data, nr)),
      {BPF_JMP | BPF_JEQ | BPF_K, 14, 0, __NR_recvfrom},
      {BPF_JMP | BPF_JEQ | BPF_K, 13, 0, __NR_sendmsg},
      {BPF_JMP | BPF_JEQ | BPF_K, 12, 0, __NR_close},
      {BPF_JMP | BPF_JEQ | BPF_K, 11, 0, __NR_exit_group},
      {BPF_JMP | BPF_JEQ | BPF_K, 10, 0, __NR_exit},
      {BPF_JMP | BPF_JEQ | BPF_K, 9, 0, __NR_rt_sigreturn},
      {BPF_JMP | BPF_JEQ | BPF_K, 8, 0, __NR_restart_syscall},
      skip_unless_equal(__NR_socket, 8),
      load_argument(1),
      skip_unless_equal(kSocketType, 6),
      load_argument(0),
      {BPF_JMP | BPF_JEQ | BPF_K, 3, 0, AF_PACKET},
      {BPF_JMP | BPF_JEQ | BPF_K, 2, 0, AF_INET},
      {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AF_INET6},
      end(SECCOMP_RET_KILL_PROCESS),
      end(SECCOMP_RET_ALLOW),
      end(SECCOMP_RET_KILL_PROCESS),
  };
  const sock_fprog program{sizeof(rules) / sizeof(rules[0]), rules};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 ? 0 : errno;
}

}  // namespace

int keep_only_net_raw(bool& has_net_raw) {
  if (capng_get_caps_process() != 0) return errno;
  has_net_raw = capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW) != 0;
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  // Refused without CAP_SETPCAP (file capabilities): no_new_privs then makes the bounding set meaningless.
  for (int capability = 0; capability <= kLastPossibleCapability; ++capability) {
    ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  if (const int error = leave_root(); error != 0) return error;
  capng_clear(CAPNG_SELECT_CAPS);
  if (has_net_raw) {
    capng_updatev(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED), CAP_NET_RAW, -1);
  }
  return capng_apply(CAPNG_SELECT_CAPS) == 0 ? 0 : EPERM;
}

int confine() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno;
  // After the change of user, which would clear it. The end of the socket is the rule; this is the second string.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno;
  return limit_system_calls();
}

}  // namespace holter::broker
