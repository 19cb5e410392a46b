#!/usr/bin/env bash
# From sensor to broker on this machine: mosquitto, a small NGSI-LD receiver and Lamppost with the
# annotated configuration on private ports; recorded readings go in over MQTT and CoAP, entities come
# out. Exit code 0 when every reading arrived. --keep leaves it running.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
lamppost=$root/build/release/lamppost
receiver=$root/build/release/tests/support/lamppost-receiver
keep=no
[[ ${1-} == --keep ]] && keep=yes

work=$(mktemp -d)
processes=()
finish() {
  local code=$?
  ((${#processes[@]} == 0)) || kill "${processes[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { printf '\n== %s\n' "$*"; }

# Free ports below the range that the kernel hands out by itself, so that nobody takes one meanwhile.
read -r mqtt_port coap_port broker_port page_port < <(python3 - <<'PY'
import random, socket
def free(kind):
    while True:
        with socket.socket(socket.AF_INET, kind) as s:
            port = random.randrange(20000, 32000)
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
print(free(tcp), free(udp), free(tcp), free(tcp))
PY
)

# wait_for WHAT COMMAND...: until the command succeeds, at most 20 s.
wait_for() {
  local what=$1 tries
  shift
  for ((tries = 0; tries < 200; ++tries)); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  printf 'demo: gave up waiting for %s\n' "$what" >&2
  cat "$work"/*.log >&2
  exit 69
}
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

say "mosquitto on port $mqtt_port, a receiver for NGSI-LD on port $broker_port"
printf 'listener %s 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n' "$mqtt_port" >"$work/mosquitto.conf"
"$(command -v mosquitto || echo /usr/sbin/mosquitto)" -c "$work/mosquitto.conf" >"$work/mosquitto.log" 2>&1 &
processes+=($!)
"$receiver" --port "$broker_port" --dump "$work/entities.jsonl" >"$work/receiver.log" 2>&1 &
processes+=($!)
wait_for mosquitto listens "$mqtt_port"
wait_for "the receiver" listens "$broker_port"

say "lamppost with config/lamppost.toml, on private ports and directories"
mkdir "$work/run"
sed -e "s|mqtt://127.0.0.1:1883|mqtt://127.0.0.1:$mqtt_port|" \
  -e "s|^#listen = \[\"coap.*|listen = [\"coap://127.0.0.1:$coap_port\"]|" \
  -e "s|http://127.0.0.1:1026|http://127.0.0.1:$broker_port|" \
  -e "s|^#path = .*|path = \"$work/outbox.db\"|" \
  -e "s|^#runtime_dir = .*|runtime_dir = \"$work/run\"|" \
  -e "s|^#trust = .*|trust = \"always\"|" \
  -e "s|^#listen = \"127.0.0.1:9180\"|listen = \"127.0.0.1:$page_port\"|" \
  "$root/config/lamppost.toml" >"$work/lamppost.toml"
export LAMPPOST_DATA_DIR=$root/config
"$lamppost" check --config "$work/lamppost.toml"
"$lamppost" run --config "$work/lamppost.toml" >"$work/lamppost.log" 2>&1 &
processes+=($!)
ready() { python3 -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$page_port/ready', timeout=2)"; }
wait_for "lamppost to be ready" ready

say "replaying recorded readings"
coap_client=$(command -v coap-client-openssl || command -v coap-client-notls || command -v coap-client)
now=$(date +%s)
readings=0
while read -r kind where rest; do
  case $kind in
    mqtt | coap) ;;
    *) continue ;;
  esac
  while [[ $rest =~ @NOW(-([0-9]+))?@ ]]; do
    rest=${rest/"${BASH_REMATCH[0]}"/$((now - ${BASH_REMATCH[2]:-0}))}
  done
  printf '%s %s %s\n' "$kind" "$where" "$rest"
  if [[ $kind == mqtt ]]; then
    mosquitto_pub -h 127.0.0.1 -p "$mqtt_port" -q 1 -t "$where" -m "$rest"
  else
    printf '%s' "${rest#* }" >"$work/payload"  # -e would decode the % of %RH
    "$coap_client" -m post -t "${rest%% *}" -f "$work/payload" "coap://127.0.0.1:$coap_port/$where"
  fi
  readings=$((readings + 1))
done <"$root/tests/demo/traffic.txt"

# ledger CONDITION: what `lamppost status` says of the broker, as s(tored) d(elivered) q(ueued) m(erged).
# A mapping with history = "latest" merges states that wait together; all others arrive one by one.
ledger() {
  "$lamppost" status --json --config "$work/lamppost.toml" | python3 -c '
import json, sys
ledger = json.load(sys.stdin)["destinations"][0]
names = {k[0]: ledger[k] for k in ("stored", "delivered", "queued", "merged")}
lost = ledger["stored"] - sum(ledger[k] for k in ("delivered", "queued", "merged", "dead", "dropped"))
sys.exit(0 if eval(sys.argv[1], {**names, "lost": lost, "n": int(sys.argv[2])}) else 70)' "$1" "$readings"
}
wait_for "$readings readings to be delivered" ledger 's >= n and q == 0'

say "what the broker got: $(wc -l <"$work/entities.jsonl") entities, the newest of each"
python3 - "$work/entities.jsonl" <<'PY'
import json, sys
newest = {}
for line in open(sys.argv[1]):
    entity = json.loads(line)
    newest[entity["id"]] = entity
for entity in newest.values():
    print(entity["id"])
    for name, attribute in entity.items():
        if isinstance(attribute, dict) and "observedAt" in attribute and attribute["type"] == "Property":
            unit = attribute.get("unitCode", "")
            print(f"    {name:18} {attribute['value']!s:>8} {unit:4} {attribute['observedAt']}")
PY

say "lamppost status"
"$lamppost" status --config "$work/lamppost.toml"
ledger 'lost == 0 and s == n and d + m == n' || { echo "demo: the conservation line does not hold" >&2; exit 70; }
echo "conservation: all $readings readings arrived"

say "status page: http://127.0.0.1:$page_port/"
if [[ $keep == yes ]]; then
  say "left running as asked; Ctrl-C ends it. Configuration: $work/lamppost.toml"
  wait "${processes[@]}"
fi
