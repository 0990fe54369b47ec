/**
 * Labels of nodes that are not machines, with their value. AWS Fargate has one node for each pod.
 * Nodes of a virtual kubelet (Azure) have no file system, and their kubelet cannot be reached.
 */
export const virtualNodes: Readonly<Record<string, string>> = {
  'eks.amazonaws.com/compute-type': 'fargate',
  type: 'virtual-kubelet',
};
