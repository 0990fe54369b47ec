#!/bin/bash
# Entry point of the offline kit's PostgreSQL image. It keeps to what the upstream image promises about its environment,
# its data directory and /docker-entrypoint-initdb.d: https://hub.docker.com/_/postgres
set -euo pipefail

fail() {
  printf 'docker-entrypoint.sh: %s\n' "$*" >&2
  exit 1
}

# Prints the variable $1, or the content of the file that $1_FILE names, or $2.
setting() {
  local file_variable="$1_FILE"
  local value="${!1-}" file="${!file_variable-}"
  [[ -z "$value" || -z "$file" ]] || fail "$1 and $file_variable are both set: keep one"
  if [[ -n "$file" ]]; then value="$(< "$file")"; fi
  printf '%s' "${value:-${2-}}"
}

# Runs psql as the superuser, through the socket, against the database $1.
sql() {
  local database="$1"
  shift
  PGHOST='' PGHOSTADDR='' psql --username "$user" --dbname "$database" --no-password --no-psqlrc \
    --set ON_ERROR_STOP=1 "$@"
}

initialise() {
  local password auth arguments=() script
  password="$(setting POSTGRES_PASSWORD)"
  auth="${POSTGRES_HOST_AUTH_METHOD-}"
  [[ -n "$password" || "$auth" == trust ]] ||
    fail 'the data directory is empty: set POSTGRES_PASSWORD_FILE (or POSTGRES_PASSWORD) for the superuser'
  # Words are split and unquoted as a shell does it.
  eval "arguments=($(setting POSTGRES_INITDB_ARGS))"
  if [[ -n "${POSTGRES_INITDB_WALDIR-}" ]]; then arguments+=(--waldir "$POSTGRES_INITDB_WALDIR"); fi
  initdb --username "$user" --pwfile <(printf '%s\n' "$password") "${arguments[@]}"
  printf "\nlisten_addresses = '*'\n" >> "$PGDATA/postgresql.conf"
  printf '\nhost all all all %s\n' "${auth:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"

  # No one can connect from outside before all of this is done.
  export PGPASSWORD="$password"
  pg_ctl --wait --options "$(printf '%q ' "${server[@]:1}" "$@" -c listen_addresses=)" start
  if [[ -z "$(sql postgres --tuples-only --set name="$database" \
    <<< "SELECT 1 FROM pg_database WHERE datname = :'name'")" ]]; then
    sql postgres --set name="$database" <<< 'CREATE DATABASE :"name"'
  fi
  for script in /docker-entrypoint-initdb.d/*; do
    printf 'docker-entrypoint.sh: %s\n' "$script"
    case "$script" in
      *.sql) sql "$database" --file "$script" ;;
      *.sql.gz) gzip -dc "$script" | sql "$database" ;;
      *.sh) if [[ -x "$script" ]]; then "$script"; else . "$script"; fi ;;
      *) printf 'docker-entrypoint.sh: neither SQL nor a script, left alone\n' ;;
    esac
  done
  pg_ctl --wait --mode fast stop
  unset PGPASSWORD
}

if [[ "${1-}" == -* ]]; then set -- postgres "$@"; fi
[[ "${1-}" == postgres ]] || exec "$@"
case " $* " in
  *' --help '* | *' -? '* | *' --version '* | *' -V '* | *' --describe-config '*) exec "$@" ;;
esac
shift
# This build's own default is /tmp, the upstream image's is where its clients look.
server=(postgres -c unix_socket_directories=/var/run/postgresql)

if [[ "$(id -u)" == 0 ]]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chown -R postgres: "$PGDATA" /var/run/postgresql
  exec setpriv --reuid postgres --regid postgres --clear-groups -- "$0" postgres "$@"
fi

mkdir -p "$PGDATA"
chmod 700 "$PGDATA" || true
user="$(setting POSTGRES_USER postgres)"
database="$(setting POSTGRES_DB "$user")"
export POSTGRES_USER="$user" POSTGRES_DB="$database"
shopt -s nullglob
if [[ ! -s "$PGDATA/PG_VERSION" ]]; then initialise "$@"; fi
exec "${server[@]}" "$@"
