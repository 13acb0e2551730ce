
# A machine that is about to go says so in its metadata: Spot two minutes before it is taken back, the group when it scales in. The app is
# told at once: it takes no new job, and a job that it does not finish goes back to the queue.
cat > /usr/local/sbin/watch-notice <<'WATCH'
#!/bin/bash
set -uo pipefail
metadata() {
  local token
  token=$(curl -sf -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token) || return 1
  curl -sf -m 2 -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}
until metadata spot/instance-action > /dev/null || [ "$(metadata autoscaling/target-lifecycle-state)" = Terminated ]; do
  sleep 5
done
echo 'this machine is about to go: the app is stopped' >&2
systemctl stop app.service
WATCH
chmod 755 /usr/local/sbin/watch-notice
cat > /etc/systemd/system/notice.service <<'UNIT'
[Unit]
Description=Stops the app when this machine is about to go
After=app.service

[Service]
ExecStart=/usr/local/sbin/watch-notice
Restart=on-failure
UNIT
