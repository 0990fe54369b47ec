#!/bin/sh
# Entry point of the offline kit's Redis image. It keeps to what the upstream image promises: options or a configuration
# file alone are for redis-server, which does not stay root. https://hub.docker.com/_/redis
set -eu

case "${1-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
[ "${1-}" = redis-server ] || exec "$@"
case "${2-}" in
  -v | --version | -h | --help | --test-memory | --check-system) exec "$@" ;;
esac

if [ "$(id -u)" = 0 ]; then
  chown -R redis: .
  exec setpriv --reuid redis --regid redis --clear-groups -- "$0" "$@"
fi
if [ "$(umask)" = 0022 ]; then umask 0077; fi

# Protected mode would refuse connections from all other containers, so it is off, as in the upstream image. If the
# configuration file sets it, that setting applies.
config=''
case "${2--}" in
  -*) ;;
  *) config="$2" ;;
esac
if [ -n "$config" ] && grep -Eqi '^[[:space:]]*protected-mode[[:space:]]' "$config"; then exec "$@"; fi
shift
if [ -n "$config" ]; then shift; fi
exec redis-server ${config:+"$config"} --protected-mode no "$@"
