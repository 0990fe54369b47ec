import type { Recipe } from '../recipe';

const kubernetes = (name: string) =>
  ({
    version: '1.35.4',
    module: 'kubernetes',
    package: `k8s.io/kubernetes/cmd/${name}`,
    variables: {
      'k8s.io/component-base/version.gitVersion': 'v1.35.4',
      'k8s.io/component-base/version.gitMajor': '1',
      'k8s.io/component-base/version.gitMinor': '35',
    },
  }) as const satisfies Recipe;

/** The only version in the module proxy: from 15 January 2026, after release 4.24.0. */
const kubernetesProvider = { version: '4.24.1-dev', commit: 'f47bc2d6f199' };

/** The Kubernetes provider of Pulumi, and the commands of the cluster. */
export const clusterRecipes = {
  'pulumi-resource-kubernetes': {
    version: kubernetesProvider.version,
    moduleVersion: `4.0.0-20260115033456-${kubernetesProvider.commit}`,
    module: 'pulumi-resource-kubernetes',
    package: 'github.com/pulumi/pulumi-kubernetes/provider/v4/cmd/pulumi-resource-kubernetes',
    variables: {
      'github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version':
        kubernetesProvider.version,
    },
    placeholders: {
      module: 'github.com/pulumi/pulumi-kubernetes/provider/v4',
      files: {
        'cmd/pulumi-resource-kubernetes/schema-embed.json': {
          from: 'cmd/pulumi-resource-kubernetes/schema.json',
          set: { version: kubernetesProvider.version },
        },
        'cmd/pulumi-resource-kubernetes/terraform-mapping-embed.json': {
          from: 'cmd/pulumi-resource-kubernetes/terraform-mapping.json',
        },
      },
    },
  },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubelet: kubernetes('kubelet'),
  'kube-proxy': kubernetes('kube-proxy'),
  kubectl: kubernetes('kubectl'),
  'kube-router': {
    version: '2.1.0',
    module: 'kube-router',
    package: 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router',
    variables: { 'github.com/cloudnativelabs/kube-router/v2/pkg/version.Version': 'v2.1.0' },
  },
  pause: { version: '1', module: 'pause', package: '.' },
  etcd: { version: '3.6.16', module: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  coredns: { version: '1.15.0', module: 'coredns', package: 'github.com/coredns/coredns' },
} as const satisfies Record<string, Recipe>;
