import { publishMore } from './changes/report';
import { checkAgainst } from './reality/check';
import { asMarkdown, asText, notChecked, problems } from './reality/report';
import { OperatorError, runMain } from './operator-error';
import { PrometheusClient } from './running/prometheus';
import { reach } from './running/reach';
import { rulesOf } from './running/rules';
import { sinceOf, stackOf } from './running/stack';

/**
 * `make rules-check STACK=dev SINCE=7d`: checks the rules of the working tree against the data in
 * the stack's Prometheus. Changes nothing.
 *
 * With REPORT, as in the workflow of a pull request, it appends a section to that file and always
 * succeeds: findings are for the reader, and an unreachable Prometheus is not an error.
 *
 * @returns exit code; 1 if a rule's series have never existed or Prometheus refuses a query
 */
async function main(): Promise<number> {
  const [stack = 'dev'] = process.argv.slice(2);
  const asked = sinceOf(process.env, '7d', `rules-check STACK=${stack}`);
  const forReport = (process.env['REPORT'] ?? '') !== '';
  try {
    const running = stackOf(stack);
    const rules = await rulesOf(stack);
    const server = await reach(running, 'prometheus');
    try {
      const report = await checkAgainst(rules, new PrometheusClient(server), asked);
      process.stdout.write(asText(stack, report));
      publishMore(asMarkdown(stack, report));
      return problems(report) === 0 || forReport ? 0 : 1;
    } finally {
      server.close();
    }
  } catch (error) {
    if (!forReport || !(error instanceof OperatorError)) throw error;
    publishMore(notChecked(stack, error.message));
    process.stdout.write(`Rules were not checked: ${error.message}\n`);
    return 0;
  }
}

runMain(main);
