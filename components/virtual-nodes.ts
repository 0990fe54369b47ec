/**
 * Labels of nodes that are not machines, with their value. AWS Fargate has one node for each pod.
 * The nodes of a virtual kubelet (Azure) have no files, and a kubelet that cannot be reached.
 */
export const virtualNodes: Readonly<Record<string, string>> = {
  'eks.amazonaws.com/compute-type': 'fargate',
  type: 'virtual-kubelet',
};
