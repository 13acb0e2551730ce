#!/bin/bash
# Mounts the data volume, starts PostgreSQL on it and gives the app's role its password. Safe to run at any time.
set -euo pipefail
export AWS_DEFAULT_REGION=@REGION@
volume=@VOLUME@
major=@MAJOR@
home=/var/lib/pgsql
data=$home/data
settings=/etc/scalectl
buffers=@BUFFERS@ # the share of memory: one part of so many

mkdir -p "$home"
if ! mountpoint -q "$home"; then
  # However the machine names its disks, a volume is known by its serial.
  device=$(lsblk -dno PATH,SERIAL | awk -v serial="$(tr -d - <<< "$volume")" '$2 == serial { print $1 }')
  if [ -z "$device" ]; then
    echo "the data volume $volume is not attached yet" >&2
    exit 1
  fi
  # Only what is certainly blank is formatted: blkid knows nothing on it, and it can be read and holds nothing but zeros.
  found=0
  blkid -p "$device" || found=$?
  if [ "$found" = 2 ] && cmp -s -n 1048576 "$device" /dev/zero; then
    mkfs.xfs -q "$device"
  elif [ "$found" != 0 ]; then
    echo "what is on $device cannot be told, so it is left alone: blkid ended with $found" >&2
    exit 1
  fi
  mount -o noatime "$device" "$home"
fi
if [ "$(findmnt -no FSTYPE "$home")" = xfs ]; then
  xfs_growfs -d "$home" > /dev/null
fi

# The files decide which PostgreSQL they are served by: another major version could not read them.
if [ -s "$data/PG_VERSION" ]; then
  kept=$(cat "$data/PG_VERSION")
  if [ "$kept" != "$major" ]; then
    echo "the data is PostgreSQL $kept's: it is kept, and PostgreSQL $major waits for its upgrade" >&2
    major=$kept
  fi
fi
rpm --quiet -q "postgresql$major-server" || dnf -y -q install "postgresql$major-server"
chown postgres:postgres "$home"
chmod 700 "$home"

if [ ! -s "$data/PG_VERSION" ]; then
  rm -rf "$home/new"
  runuser -u postgres -- initdb -D "$home/new" --auth-local=peer --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  mv -T "$home/new" "$data"
fi
include="include_if_exists = '$settings/postgresql.conf'"
grep -qxF "$include" "$data/postgresql.conf" || echo "$include" >> "$data/postgresql.conf"
if [ ! -s "$data/server.crt" ]; then
  runuser -u postgres -- openssl req -new -x509 -nodes -days 3650 -subj /CN=database \
    -keyout "$data/server.key" -out "$data/server.crt"
fi
chmod 600 "$data/server.key"

cat > "$settings/postgresql.conf" <<CONF
listen_addresses = 'localhost,@LISTEN@'
hba_file = '$settings/pg_hba.conf'
password_encryption = 'scram-sha-256'
ssl = on
shared_buffers = '$(awk -v parts="$buffers" '/MemTotal/ { print int($2 / 1024 / parts) }' /proc/meminfo)MB'
max_connections = @CONNECTIONS@
wal_level = logical
log_min_duration_statement = 1000
CONF
systemctl start postgresql

secret=$(aws secretsmanager get-secret-value --secret-id '@SECRET@' --query SecretString --output text)
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1" <<< "$secret"; }
APP_USER=$(field username)
APP_PASSWORD=$(field password)
APP_DATABASE='@NAME@'
export APP_USER APP_PASSWORD APP_DATABASE
cd /
runuser -u postgres -- psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 <<'SQL'
\getenv user APP_USER
\getenv password APP_PASSWORD
\getenv name APP_DATABASE
SELECT format('CREATE ROLE %I LOGIN', :'user') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'user') \gexec
SELECT format('ALTER ROLE %I LOGIN REPLICATION PASSWORD %L', :'user', :'password') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'user') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SQL
