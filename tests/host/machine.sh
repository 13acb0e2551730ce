#!/bin/bash
# What a machine on this machine cannot be asked for, under many names: disks and mounts, packages, services, AWS. Each call is noted down.
# The volume is the image $ROOT/volume.img, which the real blkid and mkfs see; its files are in $ROOT/volume, where it is "mounted" from.
set -euo pipefail
name=$(basename "$0")
home=$ROOT/var/lib/pgsql
echo "$name $*" >> "$ROOT/calls"

postgresql() {
  runuser -u postgres -- pg_ctl -D "$home/data" -s "$@"
}

case $name in
  aws) cat "$ROOT/secret.json" ;;
  docker | amazon-cloudwatch-agent-ctl) ;;
  hostname) echo '127.0.0.5 ' ;;
  rpm) [ -e "$ROOT/packages/$3" ] ;;
  dnf)
    touch "$ROOT/packages/$4"
    case $4 in postgresql*) install -d -o postgres -g postgres -m 700 "$home/data" ;; esac
    ;;
  lsblk) if [ -e "$ROOT/attached" ]; then echo "$ROOT/volume.img vol0abc123"; fi ;;
  mountpoint) [ -L "$home" ] ;;
  mount)
    [ -n "$(blkid -o value -s TYPE "$ROOT/volume.img")" ]
    rm -rf "$home"
    ln -s "$ROOT/volume" "$home"
    ;;
  findmnt) blkid -o value -s TYPE "$ROOT/volume.img" ;;
  mkfs.xfs)
    real=$(PATH=/usr/sbin:/sbin command -v mkfs.xfs || true)
    if [ -n "$real" ]; then "$real" -q "$ROOT/volume.img"; else mkfs.ext4 -q "$ROOT/volume.img"; fi
    find "$ROOT/volume" -mindepth 1 -delete
    ;;
  xfs_growfs) [ -L "$home" ] ;;
  systemctl)
    case $* in
      'start postgresql') postgresql status > /dev/null || postgresql -w -o "-p $PGPORT -k $PGHOST" -l "$ROOT/run/log" start ;;
      'restart --no-block database.service')
        program=$(sed -n 's/^ExecStart=//p' "$ROOT/etc/systemd/system/database.service")
        "$program" > "$ROOT/service.log" 2>&1 || echo "failed $?" >> "$ROOT/service.log"
        ;;
      'stop postgresql') postgresql -m fast stop || true ;;
    esac
    ;;
esac
