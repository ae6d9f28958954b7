#!/bin/bash
# Tries the package where nothing else is: makes a bare Debian 12 with debootstrap, installs it there, has it capture the
# loopback of a network of its own as the service would and as ordinary users would, and looks at what a purge leaves.
# Needs root, debootstrap and a mirror of Debian; leaves nothing behind.
#
#   packaging/try.sh build/release/package/holter_*.deb [DIRECTORY of a bare Debian 12 that is there already]
set -euo pipefail

package=$(realpath "$1")
work=$(mktemp -d --tmpdir holter-package-XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root
chmod 755 "$work"

say() { echo "try: $*"; }
fail() { echo "try: FAILED: $*" >&2; exit 1; }

# inside [NAMESPACE...] -- COMMAND...: in the chroot, in namespaces that end with it, and its processes with them.
inside() {
  local flags=()
  while [[ $1 != -- ]]; do flags+=("$1"); shift; done
  shift
  unshare --mount --pid --fork --kill-child "${flags[@]}" sh -ec '
    root=$0
    [ ! -d /sys/class/net ] || ip link set lo up 2>/dev/null || true
    mount -t proc proc "$root/proc"
    for device in null zero full random urandom; do
      [ -e "$root/dev/$device" ] || touch "$root/dev/$device"
      mount --bind "/dev/$device" "$root/dev/$device"
    done
    exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
  ' "$root" "$@"
}

files() {
  inside -- find / -xdev \( -path /proc -o -path /dev -o -path /run -o -path /tmp -o -path /root -o -path /var/cache -o \
    -path /var/log -o -path /var/lib/apt -o -path /var/lib/dpkg \) -prune -o -print | sort
}

apt_in() { inside -- apt-get -qq -o Dpkg::Use-Pty=0 "$@" >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; fail "apt-get $*"; }; }

# capture_as NAME COMMAND...: holter, started so, captures the loopback and keeps no capability.
capture_as() {
  local name=$1
  shift
  say "$name"
  inside --net -- sh -ec '
    "$@" run --targets loopback >/tmp/out 2>&1 &
    for step in 1 2 3 4 5 6 7 8 9 10; do
      sleep 1
      for process in /proc/[0-9]*; do
        case "$(cat $process/comm 2>/dev/null)" in holter) pid=${process#/proc/};; esac
      done
      if grep -q "capturing interface=lo" /tmp/out; then
        grep -E "^Cap(Inh|Prm|Eff|Amb)" /proc/$pid/status | grep -v "0000000000000000$" && exit 1
        kill $pid
        wait
        exit 0
      fi
    done
    cat /tmp/out
    exit 1' sh "$@" || fail "$name"
}

if [[ -n ${2:-} ]]; then
  cp -a "$2" "$root"
else
  say "debootstrap"
  debootstrap --variant=minbase bookworm "$root" >"$work/debootstrap.log" 2>&1 || { tail "$work/debootstrap.log"; exit 1; }
fi
cp "$package" "$root/tmp/holter.deb"
chmod 644 "$root/tmp/holter.deb"
cp -L /etc/resolv.conf "$root/etc/"
apt_in update
apt_in install -y --no-install-recommends $(dpkg-deb -f "$package" Depends | sed 's/([^)]*)//g; s/,//g')
files >"$work/before"

say "install"
apt_in install -y --no-install-recommends /tmp/holter.deb
inside -- holter version
inside -- sh -c 'find /etc/systemd -name "*holter*"' | grep . && fail "a unit was enabled"
[[ $(inside -- stat -c '%U:%G %a' /usr/lib/holter/holter-broker) == "root:holter 750" ]] || fail "the broker's mode"

capture_as "captures as the service does: user holter, an ambient capability, no_new_privs" \
  setpriv --reuid=holter --regid=holter --clear-groups --no-new-privs --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw \
  --bounding-set=-all,+net_raw env XDG_DATA_HOME=/var/lib XDG_RUNTIME_DIR=/tmp/run holter
inside -- useradd --create-home --groups holter insider
capture_as "captures as an ordinary user of the group holter" \
  setpriv --reuid=insider --regid=insider --init-groups env HOME=/home/insider holter
inside -- userdel --remove insider 2>/dev/null

say "install again, remove, install, purge"
apt_in install -y --no-install-recommends --reinstall /tmp/holter.deb
apt_in remove -y holter
inside -- test -d /var/lib/holter || fail "removal took the records"
apt_in install -y --no-install-recommends /tmp/holter.deb
apt_in purge -y holter
if inside -- getent passwd holter || inside -- getent group holter; then fail "the user is left"; fi
files >"$work/after"
left=$(comm -13 "$work/before" "$work/after" | grep -vE '^/etc/(passwd|group|shadow|gshadow|subuid|subgid)-$' || true)
[[ -z $left ]] || fail "left behind: $left"
say "all is well"
