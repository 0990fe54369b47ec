import { readFileSync } from 'node:fs';
import { compare } from './estimate/compare';
import { estimate } from './estimate/estimate';
import { defaultInputs, type Inputs, loadOf, type StackSettings } from './estimate/load';
import { measure, type Measured } from './estimate/measured';
import { listPrices, type Prices } from './estimate/prices';
import { readInputs, readPrices } from './estimate/read-inputs';
import { comparisonText, estimateText } from './estimate/table';
import { OperatorError, runMain } from './operator-error';
import { reach, type Stack } from './running/reach';
import { assertSettings } from './settings-first';
import { projectRoot, readStackFile } from './stack-files';
import { shapeOf } from './stack-settings';

/**
 * `make estimate STACK=prod SERIES=100000 …`: estimates what a stack needs for a load, and what it
 * costs per month. `AGAINST=dev` takes the load of a running stack, and compares the estimate with
 * its real use. Changes nothing.
 *
 * @param root folder of Pulumi.yaml
 * @returns the text to print
 */
export async function estimateCommand(
  stack: string,
  env: NodeJS.ProcessEnv,
  root = projectRoot,
): Promise<string> {
  const given = readInputs(env);
  const prices = pricesOf(env['PRICES']?.trim() ?? '');
  const settings = settingsOf(stack, root);
  const against = env['AGAINST']?.trim() ?? '';
  if (against === '') {
    const inputs = defaultInputs(settings, given);
    return estimateText(stack, inputs, estimate(settings, loadOf(inputs), prices), prices);
  }
  const isUrl = /^https?:\/\//.test(against);
  if (isUrl && !URL.canParse(against)) {
    throw new OperatorError(
      `AGAINST: "${against}" is not a URL.\nExample: make estimate AGAINST=http://127.0.0.1:9090`,
    );
  }
  const running = isUrl
    ? { stack, settings }
    : { stack: against, settings: settingsOf(against, root) };
  const measured = await measureStack(running, isUrl ? against : undefined);
  const inputs = withMeasured(defaultInputs(settings, given), measured, running.stack);
  const real = withMeasured(defaultInputs(running.settings), measured, running.stack);
  const load = loadOf(real);
  const rows = compare(running.settings, load, estimate(running.settings, load, prices), measured);
  return (
    estimateText(stack, inputs, estimate(settings, loadOf(inputs), prices), prices) +
    comparisonText(running.stack, rows, measured.windowSeconds)
  );
}

function settingsOf(stack: string, root: string): StackSettings {
  const file = readStackFile(stack, root);
  assertSettings(stack, root);
  return shapeOf(file);
}

function pricesOf(path: string): Prices {
  if (path === '') return listPrices;
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new OperatorError(
      `PRICES: ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}\n` +
        'Example: make estimate PRICES=prices.json',
    );
  }
  return readPrices(path, content, listPrices);
}

/** Inputs that are not given are taken from the running stack, if it measures them. */
function withMeasured(inputs: Inputs, { load }: Measured, stack: string): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      const value = load[name as keyof Inputs];
      return value === undefined || input.from === 'given'
        ? [name, input]
        : [name, { value, from: 'measured', why: `in the running stack ${stack}` }];
    }),
  ) as unknown as Inputs;
}

async function measureStack(running: Stack, url?: string): Promise<Measured> {
  const { platform, kubernetes } = running.settings;
  const place = {
    stack: running.stack,
    ...(platform === 'kubernetes' ? { namespace: kubernetes.namespace } : {}),
  };
  if (url !== undefined) return measure({ ...place, url });
  const server = await reach(running, 'prometheus');
  try {
    return await measure({ ...place, url: server.url });
  } finally {
    server.close();
  }
}

async function main(): Promise<void> {
  const [stack = 'dev'] = process.argv.slice(2);
  process.stdout.write(await estimateCommand(stack, process.env));
}

if (require.main === module) runMain(main);
