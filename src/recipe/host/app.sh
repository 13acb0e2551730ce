#!/bin/bash
# What the app is told of its surroundings. Secrets are named by ARN; the app fetches them with the machine's role.
cat > /etc/scalectl/app.env <<'ENVIRONMENT'
@ENVIRONMENT@
ENVIRONMENT
chmod 600 /etc/scalectl/app.env

cat > /usr/local/sbin/pull-app <<'PULL'
#!/bin/bash
set -euo pipefail
@PULL@
PULL
chmod 755 /usr/local/sbin/pull-app

cat > /etc/systemd/system/app.service <<'UNIT'
[Unit]
Description=The app's container
Wants=network-online.target docker.service
After=network-online.target docker.service
StartLimitIntervalSec=0

[Service]
Restart=always
RestartSec=5
TimeoutStartSec=15min
TimeoutStopSec=@STOP_LIMIT@
ExecStartPre=-/usr/bin/docker rm --force app
ExecStartPre=-/usr/local/sbin/pull-app
ExecStart=/usr/bin/docker run --rm --name app --env-file /etc/scalectl/app.env \
  @PUBLISH@ --add-host host.docker.internal:host-gateway \
  --log-driver awslogs --log-opt awslogs-region=@REGION@ --log-opt awslogs-group=@LOG_GROUP@ \
  --log-opt tag=%H/{{.Name}} --log-opt mode=non-blocking --log-opt max-buffer-size=4m \
  @IMAGE@
ExecStop=-/usr/bin/docker stop --time @STOP@ app
UNIT
