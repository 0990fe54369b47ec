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

# The upstream image is built without the protected mode, which would refuse every other container. A configuration
# file that speaks of it is left to decide.
config=''
case "${2--}" in
  -*) ;;
  *) config="$2" ;;
esac
if [ -n "$config" ] && grep -Eqi '^[[:space:]]*protected-mode[[:space:]]' "$config"; then exec "$@"; fi
shift
if [ -n "$config" ]; then shift; fi
exec redis-server ${config:+"$config"} --protected-mode no "$@"
