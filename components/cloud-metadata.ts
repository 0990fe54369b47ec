import type { External } from './workload';

/**
 * Servers from which a pod or a machine gets tokens for its identity in the cloud: the metadata
 * servers of AWS, GCP and Azure, GKE's server on each node, and the agent of EKS Pod Identity. IRSA
 * and Azure's workload identity need only HTTPS.
 *
 * - https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity#network_policy
 * - https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
 */
export const cloudMetadata: External = {
  external: 'cloud-metadata',
  peers: [
    { cidr: '169.254.169.254/32' },
    { cidr: '169.254.169.252/32' },
    { cidr: '169.254.170.23/32' },
    { cidr: 'fd00:ec2::23/128' },
    { cidr: 'fd00:ec2::254/128' },
  ],
  ports: [80, 988],
  fixedPorts: true,
};
