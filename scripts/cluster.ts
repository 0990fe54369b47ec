import { join } from 'node:path';
import { deploymentOf } from '../components/deployment';
import { Cluster, clusterFamily, type ImageName, KitError } from '../offline/kit';
import { OperatorError, runMain } from './operator-error';
import { projectRoot, readStackFile } from './stack-files';
import { shapeOf } from './stack-settings';

/** Credentials of the cluster's administrator, for kubectl and `make up`. */
const kubeconfig = join(projectRoot, 'build', 'kubeconfig');

const log = (line: string): void => {
  process.stderr.write(`cluster: ${line}\n`);
};

/**
 * `make cluster | cluster-down`: a Kubernetes cluster on this machine for trying out a production
 * stack.
 */
async function main(): Promise<number> {
  const [command = '', stack = 'cluster', nodes = ''] = process.argv.slice(2);
  const name = process.env['AUDIFI_CLUSTER'] || 'audifi-cluster';
  const cluster = new Cluster(name, kubeconfig, clusterFamily());
  try {
    if (command === 'down') {
      const was = await cluster.stop();
      process.stdout.write(
        was
          ? 'The cluster and its data are deleted. If a stack ran there, run make refresh for it on ' +
              'the next cluster before make up: its state still lists the deleted objects.\n'
          : 'There is no cluster.\n',
      );
      return 0;
    }
    if (command !== 'up') throw new OperatorError(`unknown command "${command}": use up or down`);
    const count = nodes === '' ? 1 : Number(nodes);
    if (!Number.isInteger(count) || count < 1 || count > 9) {
      throw new OperatorError(
        `NODES is "${nodes}": it must be 1 to 9. Example: make cluster NODES=2`,
      );
    }
    const { config } = readStackFile(stack);
    const images: ImageName[] = [...deploymentOf(shapeOf({ config })).images];
    const started = Date.now();
    await cluster.start({ nodes: count, images }, log);
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stdout.write(
      `The cluster is ready (${seconds} s). To run the stack there:\n` +
        `  export KUBECONFIG=${kubeconfig}\n  make up STACK=${stack}\n` +
        `To remove it with its data: make cluster-down\n`,
    );
    return 0;
  } catch (error) {
    if (error instanceof KitError) throw new OperatorError(error.message);
    throw error;
  }
}

runMain(main);
