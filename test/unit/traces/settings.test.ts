import { describe, expect, it } from '@jest/globals';
import { afterCommand, parse, refusal, stackConfig } from '../../lib/pulumi-config';
import { brokenTraces } from './settings-broken';

describe('settings of traces', () => {
  it.each(brokenTraces)('%s is rejected, and valid after the suggested commands', (...row) => {
    const [, tree, keys, says, secretKeys = []] = row;
    const config = stackConfig(tree, { secretKeys });
    const error = refusal(config);
    expect(error?.problems.map(({ key }) => key)).toEqual(keys);
    expect(error?.message).toMatch(says);
    expect(error?.message).not.toMatch(/hunter2|undefined/);
    const fixed = (error?.problems ?? []).reduce((c, { fix }) => afterCommand(c, fix), config);
    expect(refusal(fixed)).toBeUndefined();
  });

  it('are complete by default: badger for a week, and a tenth of traces without errors that are not slow', () => {
    const { traces, jaeger } = parse({});
    expect(traces).toMatchObject({ enabled: true, sampling: { share: 0.1, slow: '1s' } });
    expect(jaeger).toMatchObject({ storageBackend: 'badger', retention: '7d', basePath: '/' });
  });
});
