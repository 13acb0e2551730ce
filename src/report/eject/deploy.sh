#!/usr/bin/env bash
# Deploys {title} with the AWS CLI alone, one stack after the other. Written by scalectl eject; README.md says how to use it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# 1: scaling groups get the newest machine image. Hosts that hold data or addresses keep theirs in any case.
REFRESH_IMAGES="${REFRESH_IMAGES:-0}"
# Bucket for templates over 51,200 bytes; empty: that of the app itself, where it has one.
TEMPLATE_BUCKET="${TEMPLATE_BUCKET:-{bucket}}"
TAGS=(@TAGS@)

filled="$(mktemp -d)"
trap 'rm -rf "$filled"' EXIT

# output STACK REGION NAME: the value of an output.
output() {
  local value
  value="$(aws cloudformation describe-stacks --region "$2" --stack-name "$1" \
    --query "Stacks[0].Outputs[?OutputKey=='$3'].OutputValue" --output text)"
  if [[ -z "$value" || "$value" == None ]]; then
    echo "stack $1 in $2 has no output $3: it has to be deployed first" >&2
    return 1
  fi
  printf '%s' "$value"
}

# current STACK REGION NAME: the value that a parameter has now; nothing while there is no such stack. Any other failure ends the script:
# taking it for a new stack would replace hosts.
current() {
  local value
  if value="$(aws cloudformation describe-stacks --region "$2" --stack-name "$1" \
    --query "Stacks[0].Parameters[?ParameterKey=='$3'].ParameterValue" --output text 2>"$filled/error")"; then
    if [[ "$value" != None ]]; then printf '%s' "$value"; fi
  elif ! grep -q 'does not exist' "$filled/error"; then
    cat "$filled/error" >&2
    return 1
  fi
}

# image STACK REGION NAME PATH keep|renew: the machine image of a parameter.
image() {
  local value=''
  if [[ "$5" == keep || "$REFRESH_IMAGES" != 1 ]]; then
    value="$(current "$1" "$2" "$3")"
  fi
  if [[ -z "$value" ]]; then
    value="$(aws ssm get-parameter --region "$2" --name "$4" --query Parameter.Value --output text)"
  fi
  printf '%s' "$value"
}

# fill FILE STACK REGION: the parameter file with values in the place of its marks.
fill() {
  local text value mark asked='@\{(output|image) ([^ }]+) ([^ }]+) ([^ }]+)\}'
  text="$(<"$1")"
  while [[ "$text" =~ $asked ]]; do
    mark="${BASH_REMATCH[0]}"
    if [[ "${BASH_REMATCH[1]}" == output ]]; then
      value="$(output "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}" "${BASH_REMATCH[4]}")"
    else
      value="$(image "$2" "$3" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}" "${BASH_REMATCH[4]}")"
    fi
    value="${value//\\/\\\\}"
    value="${value//\"/\\\"}"
    text="${text%%"$mark"*}$value${text#*"$mark"}"
  done
  printf '%s\n' "$text"
}

# stack NAME REGION STEM TEMPLATE [STACK OUTPUT]: deploys one stack; the last two name the bucket for a large template.
stack() {
  local bucket size
  local arguments=(--region "$2" --stack-name "$1" --template-file "templates/$4"
    --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset --tags "${TAGS[@]}")
  echo "== $1 ($2)"
  if [[ -f "parameters/$3.json" ]]; then
    fill "parameters/$3.json" "$1" "$2" >"$filled/$3.json"
    arguments+=(--parameter-overrides "file://$filled/$3.json")
  fi
  size="$(wc -c <"templates/$4")"
  if ((size > 51200)); then
    bucket="$TEMPLATE_BUCKET"
    if [[ -z "$bucket" && $# -eq 6 ]]; then
      bucket="$(output "$5" "$2" "$6")"
    fi
    if [[ -z "$bucket" ]]; then
      echo "templates/$4 has over 51,200 bytes: set TEMPLATE_BUCKET to a bucket in $2" >&2
      return 1
    fi
    arguments+=(--s3-bucket "$bucket" --s3-prefix "scalectl/$1")
  fi
  aws cloudformation deploy "${arguments[@]}"
}

# protect NAME REGION: what holds data is not deleted by accident.
protect() {
  aws cloudformation update-termination-protection --region "$2" --stack-name "$1" --enable-termination-protection >/dev/null
}
