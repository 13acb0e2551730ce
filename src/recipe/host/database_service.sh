#!/bin/bash
# Who may connect: the app's role with its password, from where the app runs, and by TLS only.
cat > /etc/scalectl/pg_hba.conf <<'HBA'
local all postgres peer
host all all 127.0.0.1/32 scram-sha-256
hostssl all all @CLIENTS@ scram-sha-256
HBA

cat > /usr/local/sbin/database <<'DATABASE'
@PROGRAM@
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
