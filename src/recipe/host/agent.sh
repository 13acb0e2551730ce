
# How full memory and disks are, once a minute: EC2 itself does not know. Without the agent everything else still works.
install -d -m 755 /opt/aws/amazon-cloudwatch-agent/etc
cat > /opt/aws/amazon-cloudwatch-agent/etc/scalectl.json <<'AGENT'
{
  "agent": { "metrics_collection_interval": 60, "omit_hostname": true },
  "metrics": {
    "namespace": "CWAgent",
    "append_dimensions": { "@DIMENSION@": "${!aws:@DIMENSION@}" },
    "aggregation_dimensions": [["@DIMENSION@"]],
    "metrics_collected": {
      "mem": { "measurement": ["used_percent"], "drop_original_metrics": ["mem_used_percent"] },
      "disk": {
        "measurement": ["used_percent"], "resources": ["/", "/var/lib/pgsql"],
        "drop_original_metrics": ["disk_used_percent"]
      }
    }
  }
}
AGENT
measure() {
  rpm --quiet -q amazon-cloudwatch-agent || retry dnf -y -q install amazon-cloudwatch-agent
  /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s \
    -c file:/opt/aws/amazon-cloudwatch-agent/etc/scalectl.json
}
