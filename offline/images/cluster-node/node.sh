#!/bin/bash
# First process of a cluster node: creates its certificates and configuration, starts its components
# and restarts those that exit. The first node also has the control plane. Each component logs to
# /var/log/node/<name>.log.
#
#   NODE_INDEX        0 for the node with the control plane, then 1, 2, …
#   NODE_ADDRESS      address of this node. All addresses are either IPv4 or IPv6.
#   CONTROL_PLANE     address and port of the API server
#   PODS, ALL_PODS    addresses of this node's pods and of all pods
#   SERVICES          addresses of the Services
#   API_SERVICE, DNS_SERVICE
#                     addresses of two of them
#   /pki              a volume that all nodes share
set -eu
pki=/pki config=/etc/node logs=/var/log/node
name=$(hostname)
case $NODE_ADDRESS in
*:*) filter=ip6tables everywhere=::/0 any=:: router='--enable-ipv4=false --enable-ipv6' ;;
*) filter=iptables everywhere=0.0.0.0/0 any=0.0.0.0 router= ;;
esac
mkdir -p "$config" "$logs" /run/containerd /etc/cni/net.d /var/lib/volumes

# certificate NAME SUBJECT [SUBJECT-ALTERNATIVE-NAMES]: signed by the cluster's own authority, once.
certificate() {
  [ ! -e "$pki/$1.crt" ] || return 0
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout "$pki/$1.key" -subj "$2" -out "$config/$1.csr" 2>/dev/null
  printf 'extendedKeyUsage=clientAuth,serverAuth\n%s\n' "${3:+subjectAltName=$3}" >"$config/$1.ext"
  openssl x509 -req -in "$config/$1.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -days 3650 \
    -set_serial "0x$(openssl rand -hex 8)" -extfile "$config/$1.ext" -out "$pki/$1.crt" 2>/dev/null
}

# kubeconfig NAME: writes $config/NAME.kubeconfig for the certificate of that name.
kubeconfig() {
  cat >"$config/$1.kubeconfig" <<EOF
apiVersion: v1
kind: Config
clusters: [{name: node, cluster: {server: 'https://$CONTROL_PLANE', certificate-authority: $pki/ca.crt}}]
users: [{name: node, user: {client-certificate: $pki/$1.crt, client-key: $pki/$1.key}}]
contexts: [{name: node, context: {cluster: node, user: node}}]
current-context: node
EOF
}

# keep NAME COMMAND…: runs it for as long as the node runs.
keep() {
  local log=$logs/$1.log
  shift
  while :; do
    "$@" >>"$log" 2>&1 || true
    sleep 1
  done &
}

# Docker mounts these read-only, but a kubelet creates cgroups and devices in them.
mount -o remount,bind,rw /sys
for group in /sys/fs/cgroup /sys/fs/cgroup/*/; do
  ! mountpoint -q "$group" || mount -o remount,bind,rw "$group"
done
# Mounts on the node must be visible in its pods.
mount --make-rshared /
# Network policies also apply to packets between pods of the same node.
sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
if [ $any = :: ]; then
  sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
    net.ipv6.conf.all.forwarding=1 net.bridge.bridge-nf-call-ip6tables=1
fi

if [ "$NODE_INDEX" = 0 ]; then
  if [ ! -e $pki/ca.crt ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
      -keyout $pki/ca.key -subj /CN=audifi-cluster -out $pki/ca.crt 2>/dev/null
    openssl genrsa -out $pki/service-accounts.key 2048 2>/dev/null
  fi
  services=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc
  services=$services,DNS:kubernetes.default.svc.cluster.local,DNS:localhost
  certificate apiserver /CN=kube-apiserver "$services,IP:$API_SERVICE,IP:127.0.0.1,IP:$NODE_ADDRESS"
  certificate apiserver-kubelet /O=system:masters/CN=kube-apiserver-kubelet
  certificate admin /O=system:masters/CN=admin
  certificate controller-manager /CN=system:kube-controller-manager
  certificate scheduler /CN=system:kube-scheduler
  certificate proxy /CN=system:kube-proxy
  touch $pki/ready
fi
until [ -e $pki/ready ]; do sleep 0.2; done
certificate "kubelet-$name" "/O=system:nodes/CN=system:node:$name" "DNS:$name,IP:$NODE_ADDRESS"
for user in admin controller-manager scheduler proxy "kubelet-$name"; do kubeconfig "$user"; done

cat >$config/containerd.toml <<'EOF'
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "audifi.local/pause:1"
  # On some machines, no process may get a lower OOM score than its container.
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "/etc/cni/net.d"
EOF
cat >/etc/cni/net.d/10-pods.conflist <<EOF
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "pods", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$PODS"}]], "routes": [{"dst": "$everywhere"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
# Only packets that leave the cluster get the node's address: policies identify pods by their own.
$filter -t nat -A POSTROUTING -s "$PODS" ! -d "$ALL_PODS" -j MASQUERADE

cat >$config/kubelet.yaml <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $pki/kubelet-$name.crt
tlsPrivateKeyFile: $pki/kubelet-$name.key
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
address: '$any'
clusterDNS: ['$DNS_SERVICE']
clusterDomain: cluster.local
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
enforceNodeAllocatable: []
# The disk belongs to the machine, so the kubelet must not delete anything to keep it free.
evictionHard: {memory.available: 50Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%}
imageGCHighThresholdPercent: 100
EOF

keep containerd containerd --config $config/containerd.toml
if [ "$NODE_INDEX" = 0 ]; then
  keep etcd etcd --data-dir /var/lib/etcd --unsafe-no-fsync --log-level warn
  keep kube-apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 \
    --bind-address=$any --advertise-address="$NODE_ADDRESS" \
    --service-cluster-ip-range="$SERVICES" --allow-privileged \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --client-ca-file=$pki/ca.crt --tls-cert-file=$pki/apiserver.crt \
    --tls-private-key-file=$pki/apiserver.key --kubelet-certificate-authority=$pki/ca.crt \
    --kubelet-client-certificate=$pki/apiserver-kubelet.crt \
    --kubelet-client-key=$pki/apiserver-kubelet.key \
    --kubelet-preferred-address-types=InternalIP \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-key-file=$pki/service-accounts.key \
    --service-account-signing-key-file=$pki/service-accounts.key
  keep kube-controller-manager kube-controller-manager --leader-elect=false \
    --kubeconfig=$config/controller-manager.kubeconfig --root-ca-file=$pki/ca.crt \
    --service-account-private-key-file=$pki/service-accounts.key --use-service-account-credentials
  keep kube-scheduler kube-scheduler --leader-elect=false \
    --kubeconfig=$config/scheduler.kubeconfig
fi
keep kubelet kubelet --config=$config/kubelet.yaml --kubeconfig="$config/kubelet-$name.kubeconfig" \
  --node-ip="$NODE_ADDRESS"
keep kube-proxy kube-proxy --kubeconfig=$config/proxy.kubeconfig --proxy-mode=iptables \
  --cluster-cidr="$ALL_PODS" --hostname-override="$name" --conntrack-max-per-core=0 \
  --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0
# On IPv6, kube-router 2.1.0 leaves out the prefix of the names of sets in its rules, and its rules
# for each pod reject neighbor discovery.
mkdir -p $config/bin
cat >$config/bin/ip6tables-restore <<'EOF'
#!/bin/bash
set -o pipefail
neighbor='-I \1 1 -p icmpv6 --icmpv6-type neighbour'
sed -E -e 's/--match-set KUBE-(SRC|DST)-/--match-set inet6:KUBE-\1-/g' \
  -e "s/^-I (KUBE-POD-FW-\S+) 1 .* RELATED,ESTABLISHED -j ACCEPT.*/&\n$neighbor-solicitation -j ACCEPT\n$neighbor-advertisement -j ACCEPT/" |
  /usr/sbin/ip6tables-restore "$@"
EOF
chmod +x $config/bin/ip6tables-restore
keep kube-router env PATH=$config/bin:"$PATH" \
  kube-router --kubeconfig=$config/admin.kubeconfig --hostname-override="$name" \
  --run-firewall=true --run-router=false --run-service-proxy=false --enable-cni=false \
  --service-cluster-ip-range="$SERVICES" $router

trap 'exit 0' TERM INT
while :; do
  sleep 3600 &
  wait $! || true
done
