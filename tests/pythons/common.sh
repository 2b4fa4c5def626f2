# What `install` and `run` share: which Pythons, where they are, how a command is run in one of them.

declare -A SUITES=([3.13]=trixie [3.14]=sid) # of Debian, by the Python that they have
VERSIONS=(3.13 3.14)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/mdtables-pythons

# inside FOLDER WORK COMMAND...: runs it in the Debian of that folder, in WORK, which is /srv there. What is mounted for
# that, is mounted for this one process: nothing is left when it ends, however it ends.
inside() {
  # shellcheck disable=SC2016 # the inner bash is to expand them
  unshare --mount bash -euc '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    mkdir -p "$1/srv"
    mount --bind "$2" "$1/srv"
    exec env -i CI="${CI-}" HOME=/srv TMPDIR=/srv LANG=C.UTF-8 PATH=/srv/venv/bin:/usr/bin:/bin \
      "$(command -v chroot)" "$1" sh -c "cd /srv && exec \"\$@\"" sh "${@:3}"
  ' bash "$@"
}

# Whether the Python of that version is there, and is what it should be.
works() {
  [ "$(inside "$CACHE/$1" "$CACHE" python3 -c 'import sys, venv; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$1" ]
}
