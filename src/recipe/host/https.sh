#!/bin/bash
# Ends TLS in front of the app, with certificates that it gets and renews by itself.
install -d -m 700 /var/lib/caddy
cat > /etc/systemd/system/https.service <<'UNIT'
[Unit]
Description=HTTPS in front of the app
Wants=network-online.target docker.service
After=network-online.target docker.service
StartLimitIntervalSec=0

[Service]
Restart=always
RestartSec=5
TimeoutStartSec=15min
ExecStartPre=-/usr/bin/docker rm --force https
ExecStart=/usr/bin/docker run --rm --name https --network host --volume /var/lib/caddy:/data \
  @CADDY@ caddy reverse-proxy --from @DOMAIN@ --to 127.0.0.1:@PORT@
ExecStop=-/usr/bin/docker stop --time 10 https
UNIT
