import { describe, expect, it } from '@jest/globals';
import { afterCommand, parse, refusal, stackConfig } from '../../lib/pulumi-config';
import { brokenTraces } from './settings-broken';

describe('settings of traces', () => {
  it.each(brokenTraces)('%s is refused, and sound once the examples have been typed', (...row) => {
    const [, tree, keys, says, secretKeys = []] = row;
    const config = stackConfig(tree, { secretKeys });
    const error = refusal(config);
    expect(error?.problems.map(({ key }) => key)).toEqual(keys);
    expect(error?.message).toMatch(says);
    expect(error?.message).not.toMatch(/hunter2|undefined/);
    const fixed = (error?.problems ?? []).reduce((c, { fix }) => afterCommand(c, fix), config);
    expect(refusal(fixed)).toBeUndefined();
  });

  it('are complete without a word: a week in badger, a tenth of what is neither slow nor an error', () => {
    const { traces, jaeger } = parse({});
    expect(traces).toMatchObject({ enabled: true, sampling: { share: 0.1, slow: '1s' } });
    expect(jaeger).toMatchObject({ storageBackend: 'badger', retention: '7d', basePath: '/' });
  });
});
