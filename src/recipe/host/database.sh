
# Who may connect: the app's role with its password, from where the app runs.
cat > /etc/scalectl/pg_hba.conf <<'HBA'
local all postgres peer
host all all 127.0.0.1/32 scram-sha-256
host all all @CLIENTS@ scram-sha-256
HBA

cat > /usr/local/sbin/database <<'DATABASE'
#!/bin/bash
# Mounts the data volume, starts PostgreSQL on it and gives the app's role its password. Safe to run at any time.
set -euo pipefail
export AWS_DEFAULT_REGION=@REGION@
home=/var/lib/pgsql
data=$home/data

rpm --quiet -q postgresql@MAJOR@-server || dnf -y -q install postgresql@MAJOR@-server

if ! mountpoint -q "$home"; then
  serial=$(tr -d - <<< '@VOLUME@')
  device=$(lsblk -dno PATH,SERIAL | awk -v serial="$serial" '$2 == serial { print $1 }')
  if [ -z "$device" ]; then
    echo 'the data volume @VOLUME@ is not attached yet' >&2
    exit 1
  fi
  found=0
  blkid -p "$device" || found=$?
  case $found in
    0) ;;
    2) mkfs.xfs -q "$device" ;;
    *) echo "what is on $device cannot be told: blkid ended with $found" >&2; exit 1 ;;
  esac
  mount -t xfs -o noatime "$device" "$home"
fi
xfs_growfs -d "$home" > /dev/null
chown postgres:postgres "$home"
chmod 700 "$home"

if [ ! -s "$data/PG_VERSION" ]; then
  rm -rf "$home/new"
  runuser -u postgres -- initdb -D "$home/new" --auth-local=peer --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  rm -f "$home/new/pg_hba.conf"
  mv -T "$home/new" "$data"
fi
include="include_if_exists = '/etc/scalectl/postgresql.conf'"
grep -qxF "$include" "$data/postgresql.conf" || echo "$include" >> "$data/postgresql.conf"
if [ ! -s "$data/server.crt" ]; then
  runuser -u postgres -- openssl req -new -x509 -nodes -days 3650 -subj /CN=database \
    -keyout "$data/server.key" -out "$data/server.crt"
fi
chmod 600 "$data/server.key"

memory=$(awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
cat > /etc/scalectl/postgresql.conf <<CONF
listen_addresses = 'localhost,@LISTEN@'
hba_file = '/etc/scalectl/pg_hba.conf'
password_encryption = 'scram-sha-256'
ssl = on
shared_buffers = '$((memory / @BUFFERS@))MB'
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
DATABASE
chmod 755 /usr/local/sbin/database

# The volume may be attached long after the machine started, may grow, and the password may be rotated: so it is tried until it works,
# and again every hour. Nothing of it is enabled: a machine that loses the database to another does not look for it.
cat > /etc/systemd/system/database.service <<'UNIT'
[Unit]
Description=PostgreSQL on the data volume
Wants=network-online.target
After=network-online.target docker.service
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/database
Restart=on-failure
RestartSec=10
UNIT
cat > /etc/systemd/system/database.timer <<'UNIT'
[Timer]
OnUnitInactiveSec=1h
UNIT
install -d -m 755 /etc/systemd/system/postgresql.service.d
cat > /etc/systemd/system/postgresql.service.d/volume.conf <<'UNIT'
[Unit]
RequiresMountsFor=/var/lib/pgsql
UNIT
