#!/bin/bash
# Tasks get credentials of their own role and none of the host's.
install -d -m 755 /etc/ecs
cat > /etc/ecs/ecs.config <<'AGENT'
ECS_CLUSTER=@CLUSTER@
ECS_AWSVPC_BLOCK_IMDS=true
ECS_ENABLE_TASK_IAM_ROLE=true
ECS_ENABLE_SPOT_INSTANCE_DRAINING=true
AGENT
