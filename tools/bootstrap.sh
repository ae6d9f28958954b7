#!/bin/bash
# Installs what holter is built, tested and run with, on Debian 12: the packages of tools/packages.txt that are missing,
# and Node with npm when the machine has none (not with HOLTER_UI=OFF or HOLTER_UI_DIST); the servers of
# tools/packages-testbed.txt only beside a test bed that wants them. Says what it does; silent when all is there. Exit
# codes: 0 all there, 1 an installation failed, 2 this machine is not one it can install on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

say() { echo "bootstrap: $*" >&2; }

lists() {
  echo packages.txt
  if [[ -e ${HOLTER_SHARED:-../../shared}/testbed ]]; then echo packages-testbed.txt; fi
}

# The packages of the lists that dpkg does not know as installed.
missing_packages() {
  local wanted
  mapfile -t wanted < <(lists | xargs sed 's/#.*//; s/[[:space:]]//g; /^$/d')
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^.i *//p' | sort -u)
}

# Debian's own only when there is none: it conflicts with a Node that came from elsewhere.
missing_node() {
  [[ ${HOLTER_UI:-ON} != OFF && -z ${HOLTER_UI_DIST:-} ]] || return 0
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
}

is_debian_12() { [[ -r /etc/os-release ]] && (. /etc/os-release && [[ $ID == debian && $VERSION_ID == 12 ]]); }

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" </dev/null; }

if ! command -v dpkg-query >/dev/null; then
  say "this is not Debian 12 (no dpkg-query). Install what tools/packages.txt names by other means, then 'make build'."
  exit 2
fi
mapfile -t missing < <(missing_packages; missing_node)
if ((${#missing[@]} == 0)); then exit 0; fi

if ! is_debian_12; then
  say "this is not Debian 12, and these packages are missing: ${missing[*]}"
  say "Install them or their like by hand, then 'make build'."
  exit 2
fi
if ((EUID != 0)) && ! command -v sudo >/dev/null; then
  say "these packages are missing, and there is neither root nor sudo to install them: ${missing[*]}"
  say "As root: apt-get install --no-install-recommends ${missing[*]}"
  exit 2
fi

# The servers among them are for tests, which start their own: none shall run because of us.
readonly policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  trap 'as_root rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod +x "$policy"
fi

say "installing with apt-get: ${missing[*]}"
# The lists of a fresh machine are empty and those of an old one name files that are gone: then update, and once more.
if ! apt_get install --no-install-recommends -y "${missing[@]}" 2>/dev/null; then
  say "updating the package lists first"
  apt_get update
  apt_get install --no-install-recommends -y "${missing[@]}"
fi
say "done"
