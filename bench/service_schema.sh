#!/usr/bin/env bash
# schemathesis against the OpenAPI document of a running service; more cases with: bench/service_schema.sh 200
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
port=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
transpile serve --port "$port" --jobs "$folder/jobs.sqlite" 2>"$folder/log" &
trap 'kill $!; wait $! || true; rm -rf "$folder"' EXIT
until curl -sf "http://127.0.0.1:$port/readyz" >/dev/null; do sleep 0.2; done
schemathesis --config-file bench/schemathesis.toml run "http://127.0.0.1:$port/openapi.json" --max-examples "${1:-50}" --request-timeout 120
