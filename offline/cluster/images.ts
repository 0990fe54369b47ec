import type { ImageRecipe } from '../image-recipes';

/** An image of the cluster itself, with a name that no registry has. */
export interface OwnImage {
  readonly ref: string;
  readonly recipe: ImageRecipe;
}

const iptables = ['iptables', 'iptables-restore', 'iptables-save'];

/**
 * A node: Debian's containerd with its dependencies, and the components of Kubernetes, started by
 * our script. The packages' own scripts did not run, so the links that they would create are
 * created here.
 */
const node: OwnImage = {
  ref: 'audifi.local/cluster-node:1',
  recipe: {
    commands: Object.fromEntries(
      (
        [
          ...(['kubelet', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const),
          ...(['kube-proxy', 'kube-router', 'kubectl', 'etcd'] as const),
        ] as const
      ).map((name) => [`/usr/local/bin/${name}`, name]),
    ),
    packages: {
      main: 'containerd',
      debian: {
        names: [
          ...['containerd', 'runc', 'containernetworking-plugins', 'iptables', 'ipset', 'iproute2'],
          ...['bash', 'coreutils', 'grep', 'sed', 'hostname', 'mount', 'util-linux', 'procps'],
          ...['openssl', 'kmod'],
        ],
      },
    },
    scripts: { '/usr/local/bin/node.sh': 'cluster-node/node.sh' },
    links: Object.fromEntries(
      ['', '6'].flatMap((family) =>
        iptables.map((name) => [
          `/usr/sbin/${name.replace('ip', `ip${family}`)}`,
          '/usr/sbin/xtables-nft-multi',
        ]),
      ),
    ),
    entrypoint: ['/usr/local/bin/node.sh'],
  },
};

const pause: OwnImage = {
  ref: 'audifi.local/pause:1',
  recipe: { commands: { '/pause': 'pause' }, entrypoint: ['/pause'], user: '65535:65535' },
};

const coredns: OwnImage = {
  ref: 'audifi.local/coredns:1.15.0',
  recipe: { commands: { '/coredns': 'coredns' }, entrypoint: ['/coredns'] },
};

export const clusterImages = { node, pause, coredns } as const;
